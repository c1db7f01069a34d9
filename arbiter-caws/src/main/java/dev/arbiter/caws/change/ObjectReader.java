/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects of a repository by their ids, and believes none that does not hash to its id. One
 * process serves all; not thread-safe.
 */
final class ObjectReader implements Closeable {
  /** Largest object that is read, in bytes. */
  static final int LARGEST = 64 << 20;

  private static final int DEEPEST = 256;
  private static final int MOST_COMMITS = 1_000_000;

  private final boolean sha256;
  private final Process process;
  private final OutputStream questions;
  private final InputStream answers;

  /** A file, link, submodule or folder of a tree. */
  record Entry(int mode, String id) {
    static final int FOLDER = 0040000;
    static final int SUBMODULE = 0160000;
    static final int LINK = 0120000;
    static final int PROGRAM = 0100755;
    static final int PLAIN = 0100644;

    boolean isSubmodule() {
      return mode == SUBMODULE;
    }
  }

  ObjectReader(GitProcess git, boolean sha256) throws IOException {
    this.sha256 = sha256;
    this.process = git.start("cat-file", "--batch");
    this.questions = new BufferedOutputStream(process.getOutputStream());
    this.answers = new BufferedInputStream(process.getInputStream(), 64 * 1024);
  }

  /** All files below a commit by path; a path is in the form of {@link FileName}. */
  Map<String, Entry> files(String commit) throws IOException {
    Map<String, Entry> files = new LinkedHashMap<>();
    tree(treeOf(commit), "", 0, files);
    return files;
  }

  /** The tree of a commit. */
  String treeOf(String commit) throws IOException {
    String text = new String(read(commit, "commit"), StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    if (!text.startsWith("tree ") || end < 0) {
      throw new IOException("commit " + commit + " names no tree");
    }
    return text.substring("tree ".length(), end);
  }

  /** The file, link or folder at a path below a tree, null if there is none. */
  @Nullable Entry find(String tree, String path) throws IOException {
    Entry at = new Entry(Entry.FOLDER, tree);
    for (String name : path.split("/", -1)) {
      if (at.mode() != Entry.FOLDER) {
        return null;
      }
      Entry[] found = new Entry[1];
      entries(at.id(), (entry, child) -> found[0] = entry.equals(name) ? child : found[0]);
      if (found[0] == null) {
        return null;
      }
      at = found[0];
    }
    return at;
  }

  /**
   * Whether one commit is another or comes before it. Git checks no hash on the way, so this walks
   * the commits itself; those that a shallow repository lacks lead nowhere.
   */
  boolean isAncestor(String ancestor, String commit) throws IOException {
    Set<String> seen = new HashSet<>(Set.of(commit));
    ArrayDeque<String> next = new ArrayDeque<>(seen);
    while (!next.isEmpty() && seen.size() <= MOST_COMMITS) {
      String id = next.remove();
      if (id.equals(ancestor)) {
        return true;
      }
      for (String parent : parents(id)) {
        if (seen.add(parent)) {
          next.add(parent);
        }
      }
    }
    return false;
  }

  private List<String> parents(String commit) throws IOException {
    byte[] bytes = readIfThere(commit, "commit");
    String text = bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\n\n");
    return text.substring(0, Math.max(0, end))
        .lines()
        .filter(line -> line.startsWith("parent "))
        .map(line -> line.substring("parent ".length()))
        .filter(GitFolder::isId)
        .toList();
  }

  private void tree(String id, String prefix, int depth, Map<String, Entry> files)
      throws IOException {
    if (depth > DEEPEST) {
      throw new IOException("the tree of the base has more than " + DEEPEST + " levels");
    }
    entries(
        id,
        (name, entry) -> {
          if (entry.mode() == Entry.FOLDER) {
            tree(entry.id(), prefix + name + "/", depth + 1, files);
          } else {
            files.put(prefix + name, entry);
          }
        });
  }

  /** Takes the entries of one tree. */
  private interface EntryVisitor {
    void visit(String name, Entry entry) throws IOException;
  }

  private void entries(String tree, EntryVisitor visitor) throws IOException {
    byte[] bytes = read(tree, "tree");
    int length = sha256 ? 32 : 20;
    for (int at = 0; at < bytes.length; ) {
      int blank = indexOf(bytes, ' ', at);
      int zero = indexOf(bytes, 0, blank + 1);
      int next = zero + 1 + length;
      if (blank < 0 || zero < 0 || next > bytes.length) {
        throw new IOException("tree " + tree + " is damaged");
      }
      int mode = Integer.parseInt(ascii(bytes, at, blank), 8);
      String id = HexFormat.of().formatHex(bytes, zero + 1, next);
      visitor.visit(
          FileName.of(bytes, blank + 1, zero), new Entry(mode == 0100664 ? Entry.PLAIN : mode, id));
      at = next;
    }
  }

  private static int indexOf(byte[] bytes, int wanted, int from) {
    for (int i = Math.max(from, 0); i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads an object.
   *
   * @throws IOException if it is not there, is too large, has another type, or is not the one that
   *     its id names
   */
  byte[] read(String id, String type) throws IOException {
    byte[] bytes = readIfThere(id, type);
    if (bytes == null) {
      throw new IOException(
          type + " " + id + " is not in the repository; fetch it, or give another base");
    }
    return bytes;
  }

  private byte @Nullable [] readIfThere(String id, String type) throws IOException {
    ScratchRepository.line(questions, id);
    questions.flush();
    String[] header = header().split(" ", -1);
    if (header.length == 2) {
      return null; // missing
    }
    if (header.length != 3 || !header[1].equals(type)) {
      throw new IOException(id + " is no " + type);
    }
    long size = Long.parseLong(header[2]);
    if (size > LARGEST) {
      throw new IOException("object " + id + " has more than " + LARGEST + " bytes");
    }
    byte[] bytes = new byte[(int) size];
    if (answers.readNBytes(bytes, 0, bytes.length) != size || answers.read() != '\n') {
      throw new IOException("git ended before object " + id + " was read");
    }
    if (!id(type, bytes).equals(id)) {
      throw new IOException(
          type + " " + id + " was changed behind git's back; its content has another id");
    }
    return bytes;
  }

  private String header() throws IOException {
    StringBuilder header = new StringBuilder();
    for (int c = answers.read(); c != '\n'; c = answers.read()) {
      if (c < 0 || header.length() > 200) {
        throw new IOException("git cannot read the repository's objects");
      }
      header.append((char) c);
    }
    return header.toString();
  }

  /** The id git gives an object. */
  String id(String type, byte[] bytes) {
    return id(sha256, type, bytes);
  }

  static String id(boolean sha256, String type, byte[] bytes) {
    MessageDigest digest = digest(sha256 ? "SHA-256" : "SHA-1");
    digest.update((type + " " + bytes.length + "\0").getBytes(StandardCharsets.ISO_8859_1));
    return HexFormat.of().formatHex(digest.digest(bytes));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
