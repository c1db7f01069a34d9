/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.change.ObjectReader.Entry;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells which paths the {@code .gitignore} files of a commit ignore. Those of the work tree are not
 * asked, for its agent can write them. What the commit holds is never ignored. Not thread-safe.
 */
final class IgnoreRules implements Predicate<String>, Closeable {
  private static final String NAME = ".gitignore";
  private static final int LONGEST_FIELD = 1 << 16;

  private final Path root;
  private final Path rules;
  private final Set<String> tracked = new HashSet<>();
  private final Process process;
  private final OutputStream questions;
  private final InputStream answers;

  /**
   * Reads the rules.
   *
   * @param root the work tree
   * @param rules a folder that is made, for the rules alone
   * @param git a repository of ours that has the base
   * @param base the id of a commit
   */
  IgnoreRules(Path root, Path rules, GitProcess git, String base) throws IOException {
    this.root = root;
    this.rules = Files.createDirectories(rules);
    try (ObjectReader objects = new ObjectReader(git, base.length() == 64)) {
      for (Map.Entry<String, Entry> file : objects.files(base).entrySet()) {
        String path = file.getKey();
        track(path);
        boolean isPlain = file.getValue().mode() == Entry.PLAIN;
        if (isPlain && (path.equals(NAME) || path.endsWith("/" + NAME))) {
          Path copy = rules.resolve(path).normalize();
          Path folder = copy.getParent();
          if (copy.startsWith(rules) && folder != null) {
            Files.createDirectories(folder);
            Files.write(copy, objects.read(file.getValue().id(), "blob"));
          }
        }
      }
    }
    this.process =
        git.start(
            "--work-tree=" + rules, "check-ignore", "-z", "--stdin", "-v", "-n", "--no-index");
    this.questions = new BufferedOutputStream(process.getOutputStream());
    this.answers = new BufferedInputStream(process.getInputStream());
  }

  private void track(String path) {
    for (int at = path.length(); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (!tracked.add(path.substring(0, at))) {
        return;
      }
    }
  }

  @Override
  public boolean test(String path) {
    if (tracked.contains(path) || path.indexOf('\\') >= 0) {
      return false;
    }
    try {
      if (isFolder(path)) {
        Files.createDirectories(rules.resolve(path)); // so that git sees that it is one
      }
      String asked = "./" + path; // a colon first would be magic of git's
      questions.write(asked.getBytes(StandardCharsets.UTF_8));
      questions.write(0);
      questions.flush();
      String source = field();
      String line = field();
      String pattern = field();
      String about = field();
      if (!about.equals(asked)) {
        throw new IOException("git told of '" + about + "' at line " + line + " of " + source);
      }
      return !pattern.isEmpty() && !pattern.startsWith("!");
    } catch (IOException e) {
      throw new UncheckedIOException("the ignore rules of the base cannot be asked", e);
    }
  }

  /* A name that this JVM cannot say counts. */
  private boolean isFolder(String path) {
    try {
      return Files.isDirectory(root.resolve(path), LinkOption.NOFOLLOW_LINKS);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private String field() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = answers.read(); b != 0; b = answers.read()) {
      if (b < 0 || bytes.size() > LONGEST_FIELD) {
        throw new IOException("git check-ignore ended early; is git 2.29 or newer installed?");
      }
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
