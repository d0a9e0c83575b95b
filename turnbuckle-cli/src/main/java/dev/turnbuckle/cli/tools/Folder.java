package dev.turnbuckle.cli.tools;

import dev.turnbuckle.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * The files below one folder. Every path is judged by where it really leads, symbolic links resolved, and none leads
 * outside. This guards against a model, not against another process of the same user that swaps folders for links
 * between the judgement and the deed.
 */
final class Folder {
    /** Bound of a file that is read or written, in bytes. */
    static final int MAX_BYTES = 1 << 20;

    /** Bound of a list, in files. */
    static final int MAX_LISTED = 500;

    private final Path root;

    private Folder(Path root) {
        this.root = root;
    }

    /** @throws InvalidInputException when it is not there */
    static Folder at(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("the folder " + folder + " is not there any more");
        }
        return new Folder(folder.toRealPath());
    }

    /**
     * Text of a file, line {@code from} and as many as asked for; numbered from 1.
     *
     * @throws InvalidInputException when the path leads outside, or to no text
     */
    String read(String path, int from, int lines) throws IOException {
        Path file = existing(path);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(path + " is no file; list_files shows what is there");
        }
        byte[] bytes;
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new InvalidInputException(
                    path + " is larger than " + MAX_BYTES + " bytes, which is all that is read");
        }
        List<String> all = text(path, bytes).lines().toList();
        int begin = Math.min(Math.max(0, from - 1), all.size());
        int end = (int) Math.min(all.size(), begin + (long) Math.max(0, lines));
        if (begin == end && !all.isEmpty()) {
            return "[the file has " + all.size() + " lines]";
        }
        String part = String.join("\n", all.subList(begin, end));
        return end < all.size() || begin > 0
                ? part + "\n[lines " + (begin + 1) + " to " + end + " of " + all.size() + "]"
                : part;
    }

    private static String text(String path, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // told below
        }
        throw new InvalidInputException(path + " is no text in UTF-8");
    }

    /** What is in a folder and below, a line each: folders end with a slash. Hidden ones are left out. */
    String list(String path, int depth) throws IOException {
        Path folder = existing(path.isBlank() ? "." : path);
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(path + " is no folder; read_file reads a file");
        }
        var found = new ArrayList<String>();
        Files.walkFileTree(
                folder, EnumSet.noneOf(FileVisitOption.class), Math.max(1, depth), new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
                        if (at.equals(folder)) {
                            return FileVisitResult.CONTINUE;
                        }
                        return isHidden(at.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE : add(at, "/");
                    }

                    @Override
                    public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) {
                        boolean link = attributes.isSymbolicLink();
                        return isHidden(at.getFileName().toString())
                                ? FileVisitResult.CONTINUE
                                : add(
                                        at,
                                        link
                                                ? "  (a link)"
                                                : attributes.isDirectory() ? "/" : "  " + attributes.size());
                    }

                    private FileVisitResult add(Path at, String how) {
                        found.add(root.relativize(at) + how);
                        return found.size() < MAX_LISTED ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path at, IOException e) {
                        found.add(root.relativize(at) + "  (no right to look)");
                        return FileVisitResult.CONTINUE;
                    }
                });
        found.sort(null);
        String more = found.size() >= MAX_LISTED ? "\n[more than " + MAX_LISTED + "; name a folder below]" : "";
        return found.isEmpty() ? "[nothing]" : String.join("\n", found) + more;
    }

    /** Puts a file in its place, whole or not at all. @return what was done, in words */
    String write(String path, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_BYTES) {
            throw new InvalidInputException(
                    "a file of " + bytes.length + " bytes; " + MAX_BYTES + " is all that is written");
        }
        Path file = target(path);
        boolean there = Files.exists(file);
        if (Files.isDirectory(file)) {
            throw new InvalidInputException(path + " is a folder");
        }
        Path parent = parent(file);
        Files.createDirectories(parent);
        Path draft = Files.createTempFile(parent, ".turnbuckle-", ".tmp");
        try {
            Files.write(draft, bytes, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.SYNC);
            keepRights(file, draft, there);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        return (there ? "replaced " : "wrote ") + path + ", " + bytes.length + " bytes";
    }

    /** A file that was executable stays so; a new one is as any program of this user would make it. */
    private static void keepRights(Path file, Path draft, boolean there) throws IOException {
        if (!Files.getFileStore(draft).supportsFileAttributeView("posix")) {
            return;
        }
        var rights = there
                ? Files.getPosixFilePermissions(file)
                : java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--");
        Files.setPosixFilePermissions(draft, rights);
    }

    /** Of a path below the root. */
    private static Path parent(Path below) {
        return Objects.requireNonNull(below.getParent());
    }

    private Path existing(String path) throws IOException {
        Path inside = inside(path);
        try {
            return requireInside(path, inside.toRealPath());
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(path + " is not there; list_files shows what is");
        }
    }

    /** Where a file that may not be there yet would really be. */
    private Path target(String path) throws IOException {
        Path inside = inside(path);
        if (inside.equals(root)) {
            throw new InvalidInputException("name a file, not the folder itself");
        }
        if (Files.exists(inside, LinkOption.NOFOLLOW_LINKS)) {
            return existing(path);
        }
        Path there = inside; // the root is there, so this ends
        while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = parent(there);
        }
        Path real = requireInside(path, there.toRealPath());
        if (!Files.isDirectory(real)) {
            throw new InvalidInputException(root.relativize(there) + " is a file, so nothing can be below it");
        }
        return real.resolve(there.relativize(inside));
    }

    /** As it is written: no dots lead out, whatever the file system says. */
    private Path inside(String path) {
        try {
            return requireInside(path, root.resolve(path).normalize());
        } catch (InvalidPathException e) {
            throw new InvalidInputException("\"" + path + "\" is no path");
        }
    }

    private Path requireInside(String path, Path where) {
        if (!where.startsWith(root)) {
            throw new InvalidInputException(path + " is outside " + root + ", where nothing is read or written");
        }
        return where;
    }

    /** Whether a path has a hidden file or folder in it: keys and passwords are often kept in such. */
    static boolean isHidden(String path) {
        try {
            return StreamSupport.stream(Path.of(path).normalize().spliterator(), false)
                    .map(Path::toString)
                    .anyMatch(name -> name.startsWith(".") && !name.equals(".") && !name.equals(".."));
        } catch (InvalidPathException e) {
            return false; // it is refused when it is used
        }
    }
}
