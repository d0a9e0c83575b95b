package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The text of a cassette, and how to complain about it. */
record CassetteFile(Path path, String text) {
    static final String RECORD_AGAIN = "delete it, or set " + Cassette.MODE + "=record, and run against the real model";

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static CassetteFile read(Path path, long mostBytes) {
        try {
            long size = Files.size(path);
            if (size > mostBytes) {
                throw refused(
                        path,
                        "has " + size + " bytes, more than the bound of " + mostBytes
                                + "; raise it with mostBytes(…), or make several of it");
            }
            return new CassetteFile(path, Files.readString(path));
        } catch (NoSuchFileException e) {
            throw refused(
                    path,
                    "does not exist; to record it, run once against the real model, " + Cassette.MODE
                            + "=record if need be");
        } catch (CharacterCodingException e) {
            throw refused(path, "is not UTF-8 text, so it is no cassette or was damaged; " + RECORD_AGAIN);
        } catch (IOException e) {
            throw refused(path, "cannot be read: " + e);
        }
    }

    /** Replaces the file as a whole: who reads it sees the bytes before or the bytes after. */
    static void write(Path path, byte[] bytes) {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    static StorageException unwritable(Path path, IOException cause) {
        return StorageException.rewire(
                "cassette_unwritable",
                "the cassette " + path + " cannot be written: " + cause + "; make room, or choose another place",
                cause);
    }

    JsonNode parsed() {
        try {
            JsonNode root = STRICT.readTree(text);
            if (root.isObject()) {
                return root;
            }
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw refused(
                    path,
                    "is not JSON, line " + line + " (" + e.getOriginalMessage()
                            + "): it was cut off or edited wrongly; " + "mend that line, or " + RECORD_AGAIN);
        }
        throw refused(path, "is no cassette: it must be an object with \"cassette\" and \"calls\"; " + RECORD_AGAIN);
    }

    InvalidInputException wrong(String pointer, String why) {
        return refused(
                path,
                "is wrong in line " + line(pointer) + ": " + (pointer.isEmpty() ? "/" : pointer) + " " + why
                        + "; mend it, or " + RECORD_AGAIN);
    }

    InvalidInputException refused(String why) {
        return refused(path, why);
    }

    private static InvalidInputException refused(Path path, String why) {
        return new InvalidInputException("the cassette " + path + " " + why);
    }

    /** The line in which a value begins; of one that is missing, the line of what should hold it. */
    int line(String pointer) {
        int line = 1;
        try (JsonParser parser = STRICT.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String at = parser.streamReadContext().pathAsPointer().toString();
                if (pointer.equals(at) && token != JsonToken.PROPERTY_NAME) {
                    return parser.currentTokenLocation().getLineNr();
                }
                if (pointer.startsWith(at + "/") && token.isStructStart()) {
                    line = parser.currentTokenLocation().getLineNr();
                }
            }
        }
        return line;
    }
}
