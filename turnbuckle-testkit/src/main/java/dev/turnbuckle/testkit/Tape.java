package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A recording in the making: holds all of its calls and writes the whole file anew for each one that ends, so that the
 * file is a cassette at any time and lacks only what has not ended. Calls stand in the order in which they began.
 * Thread-safe.
 */
final class Tape {
    private static final String NO_FILE = "";

    private final Path file;
    private final CassetteJson form;
    private final long mostBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final SortedMap<Integer, RecordedCall> calls = new TreeMap<>();
    /** The requests of these calls as they stand in the file. */
    private final SortedMap<Integer, ObjectNode> shortened = new TreeMap<>();

    private int begun;
    /** Hash of what the file holds as far as this tape knows. */
    private String known;

    Tape(Path file, CassetteJson form, long mostBytes) {
        this.file = file;
        this.form = form;
        this.mostBytes = mostBytes;
        this.known = hashOfFile();
    }

    CassetteJson form() {
        return form;
    }

    InvalidInputException tooLarge() {
        return new InvalidInputException("the cassette " + file + " would grow over " + mostBytes
                + " bytes; raise the bound with mostBytes(…), or make several of it");
    }

    boolean hasRoomFor(long bytes) {
        return bytes <= mostBytes;
    }

    /** @return the call's place */
    int begin() {
        lock.lock();
        try {
            return begun++;
        } finally {
            lock.unlock();
        }
    }

    boolean isBlank() {
        lock.lock();
        try {
            return calls.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void record(int place, RecordedCall call) {
        lock.lock();
        try {
            calls.put(place, call);
            shortenFrom(place);
            byte[] bytes = ReadableJson.of(json()).getBytes(StandardCharsets.UTF_8);
            if (!hasRoomFor(bytes.length)) {
                calls.remove(place);
                shortenFrom(place);
                throw tooLarge();
            }
            requireOurs();
            CassetteFile.write(file, bytes);
            known = Hash.of(bytes);
        } finally {
            lock.unlock();
        }
    }

    /** A call is told by those before it. */
    private void shortenFrom(int place) {
        calls.tailMap(place)
                .forEach((p, c) -> shortened.put(p, new Shortening(form, c.request()).since(calls.headMap(p))));
    }

    private void requireOurs() {
        if (!hashOfFile().equals(known)) {
            throw new WiringException("the cassette " + file
                    + " was written by somebody else while it was recorded; let all models of a test record through one "
                    + "Cassette object, and only one test record a file");
        }
    }

    private String hashOfFile() {
        try {
            return Hash.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return NO_FILE;
        } catch (IOException e) {
            throw CassetteFile.unwritable(file, e);
        }
    }

    private ObjectNode json() {
        ObjectNode json = Json.object().put("cassette", Cassette.VERSION);
        ArrayNode list = json.putArray("calls");
        calls.forEach((place, call) -> {
            ObjectNode entry = list.addObject();
            entry.set("request", shortened.get(place));
            entry.set("answer", form.answer(call.answer()));
        });
        return json;
    }
}
