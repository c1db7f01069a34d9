/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the lines by which two versions of files differ, in a repository of our own.
 *
 * <p>Files get names of our own there, so that neither their names nor attributes for them decide
 * anything. All content is taken for text; a line ends with a line feed, a carriage return, or
 * both. A file with a zero byte, or with lines of more than a KiB on average, counts at least one
 * line for each started KiB, so that content without lines is not free.
 */
final class LineCount implements Closeable {
  /** Most bytes of changed content, of both versions of all files together. */
  static final long MOST_BYTES = 1L << 30;

  private static final int KIB = 1024;
  private static final byte[] LONE_RETURN = {'\r', '\r', '\n'};

  private final List<Pair> pairs = new ArrayList<>();
  private long bytes;

  /** One version of a file; the content is not copied. */
  static final class Version {
    private final int mode;
    private final byte[] content;

    Version(int mode, byte[] content) {
      this.mode = mode;
      this.content = content;
    }

    int mode() {
      return mode;
    }

    byte[] content() {
      return content;
    }

    /** Whether it has a zero byte, or lines of more than a KiB on average. */
    boolean isBinary() {
      long lines = 1;
      for (byte b : content) {
        if (b == 0) {
          return true;
        }
        lines += b == '\n' || b == '\r' ? 1 : 0;
      }
      return content.length > lines * KIB;
    }

    long kibs() {
      return (content.length + KIB - 1L) / KIB;
    }
  }

  private record Pair(String path, long oldKibs, long newKibs, boolean same) {}

  private final ScratchRepository scratch;
  private final Process importer;
  private final OutputStream commands;
  private final StringBuilder before = new StringBuilder();
  private final StringBuilder after = new StringBuilder();
  private int marks;

  LineCount(ScratchRepository scratch) throws IOException {
    this.scratch = scratch;
    Files.createDirectories(scratch.folder().resolve("info"));
    Files.writeString(scratch.folder().resolve("info/attributes"), "* diff\n"); // all is text
    this.importer = scratch.start("fast-import", "--quiet", "--done");
    this.commands = new BufferedOutputStream(importer.getOutputStream(), 64 * 1024);
  }

  /** Adds a file that differs; one version may be missing. */
  void add(String path, @Nullable Version old, @Nullable Version fresh) throws IOException {
    String name = "f" + pairs.size();
    boolean binary = (old != null && old.isBinary()) || (fresh != null && fresh.isBinary());
    boolean same =
        old != null && fresh != null && MessageDigest.isEqual(old.content, fresh.content);
    pairs.add(
        new Pair(
            path,
            binary && old != null ? old.kibs() : 0,
            binary && fresh != null ? fresh.kibs() : 0,
            same));
    int oldMark = old == null ? 0 : blob(path, old, before, name, 0);
    if (fresh != null) {
      blob(path, fresh, after, name, same ? oldMark : 0);
    }
  }

  private int blob(String path, Version version, StringBuilder commit, String name, int known)
      throws IOException {
    int mark = known;
    if (known == 0) {
      mark = ++marks;
      bytes += version.content.length;
      if (bytes > MOST_BYTES || pairs.size() > ChangeSet.MOST_FILES) {
        throw new IOException(
            "more than "
                + ChangeSet.MOST_FILES
                + " files or "
                + MOST_BYTES
                + " bytes changed, at '"
                + Sanitizer.text(path, 80)
                + "'");
      }
      byte[] lines = lines(version.content);
      ScratchRepository.line(commands, "blob\nmark :" + mark + "\ndata " + lines.length);
      commands.write(lines);
      commands.write('\n');
    }
    commit
        .append("M ")
        .append(Integer.toOctalString(version.mode))
        .append(" :")
        .append(mark)
        .append(' ')
        .append(name)
        .append('\n');
    return mark;
  }

  /** A lone carriage return gets a line feed, and a second return so that it equals no CRLF. */
  private static byte[] lines(byte[] content) {
    ByteArrayOutputStream lines = null;
    int written = 0;
    for (int i = 0; i < content.length; i++) {
      boolean ends = content[i] == '\r' && (i + 1 == content.length || content[i + 1] != '\n');
      if (ends) {
        lines = lines == null ? new ByteArrayOutputStream(content.length * 2) : lines;
        lines.write(content, written, i - written);
        lines.writeBytes(LONE_RETURN);
        written = i + 1;
      }
    }
    if (lines == null) {
      return content;
    }
    lines.write(content, written, content.length - written);
    return lines.toByteArray();
  }

  /** Counts all that was added. */
  ChangeSet count() throws IOException {
    commit("old", before);
    commit("new", after);
    ScratchRepository.line(commands, "done");
    commands.close();
    if (ScratchRepository.end(importer) != 0) {
      throw new IOException("git could not take the changed files");
    }
    byte[] answer =
        scratch.run(
            "diff-tree",
            "-r",
            "-z",
            "-M",
            "--numstat",
            "--text",
            "--no-ext-diff",
            "--no-textconv",
            "refs/heads/old",
            "refs/heads/new");
    ChangeSet counted = ChangeSet.ofNumstat(new String(answer, StandardCharsets.ISO_8859_1));
    ChangeCollector named = new ChangeCollector();
    for (var change : counted.changes()) {
      Pair pair = pair(change.path());
      boolean equal = pair.same || (change.added() == 0 && change.removed() == 0);
      named.add(
          pair.path,
          equal ? change.added() : Math.max(change.added(), pair.newKibs),
          equal ? change.removed() : Math.max(change.removed(), pair.oldKibs));
    }
    for (String moved : counted.movedFrom()) {
      named.movedFrom(pair(moved).path);
    }
    return named.set();
  }

  @Override
  public void close() {
    importer.destroyForcibly();
  }

  private Pair pair(String name) {
    return pairs.get(Integer.parseInt(name.substring(1)));
  }

  private void commit(String branch, StringBuilder files) throws IOException {
    ScratchRepository.line(
        commands, "commit refs/heads/" + branch + "\ncommitter arbiter <> 0 +0000\ndata 0");
    commands.write(files.toString().getBytes(StandardCharsets.UTF_8));
    commands.write('\n');
  }
}
