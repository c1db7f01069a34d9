/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.report.RunOptions.UnusableInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;

/** The code base to maintain: a Git repository, and the text of its Java files. */
final class CodeBase implements AutoCloseable {
  private static final String LIBRARY = "org/apache/commons/lang3/StringUtils";
  private static final String LIBRARY_FILES = "org/apache/commons/lang3/";
  private static final PersonIdent AUTHOR =
      new PersonIdent(
          "Arbiter example",
          "arbiter@example.invalid",
          Instant.parse("2026-01-01T00:00:00Z"),
          ZoneOffset.UTC);

  private final Git git;
  private final Path folder;
  private final List<Path> classPath;
  private final List<Path> sourcePath;
  private final Map<String, String> texts = new TreeMap<>();

  private CodeBase(Git git, Path folder, List<Path> classPath, List<Path> sourcePath) {
    this.git = git;
    this.folder = folder;
    this.classPath = classPath;
    this.sourcePath = sourcePath;
  }

  /** The sources of commons-lang3 with seeded defects, in a fresh repository. */
  static CodeBase library(Path folder, long seed) throws IOException, GitAPIException {
    Git git = Git.init().setDirectory(folder.toFile()).call();
    URL source = resource(LIBRARY + ".java");
    URL classes = resource(LIBRARY + ".class");
    Path jar = Path.of(jarFile(classes).getName());
    CodeBase base = new CodeBase(git, folder, List.of(jar), List.of());
    Defects defects = new Defects(seed);
    try (JarFile sources = jarFile(source)) {
      for (JarEntry entry : sources.stream().toList()) {
        String name = entry.getName();
        if (name.startsWith(LIBRARY_FILES) && isJava(name)) {
          try (InputStream in = sources.getInputStream(entry)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            base.write(name, defects.seed(name, text.replace("\r\n", "\n")));
          }
        }
      }
    }
    base.commitFiles(".", "commons-lang3 with seeded defects");
    return base;
  }

  /** A clone of the user's repository; the original is only read. */
  static CodeBase of(Path repository, Path folder) throws IOException, GitAPIException {
    if (!Files.exists(repository.resolve(".git"))) {
      throw new UnusableInput(
          repository + " is no Git repository; name the top folder of one with --repo");
    }
    Git git =
        Git.cloneRepository()
            .setURI(repository.toUri().toString())
            .setDirectory(folder.toFile())
            .call();
    List<Path> roots = new ArrayList<>();
    try (Stream<Path> folders = Files.walk(folder)) {
      folders.filter(path -> path.endsWith("src/main/java")).forEach(roots::add);
    }
    CodeBase base = new CodeBase(git, folder, List.of(), roots.isEmpty() ? List.of(folder) : roots);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> isJava(path.toString())).toList()) {
        base.texts.put(
            folder.relativize(file).toString().replace('\\', '/'),
            Files.readString(file).replace("\r\n", "\n"));
      }
    }
    if (base.texts.isEmpty()) {
      throw new UnusableInput(repository + " holds no Java file; name another with --repo");
    }
    return base;
  }

  private static boolean isJava(String name) {
    return name.endsWith(".java")
        && !name.endsWith("package-info.java")
        && !name.endsWith("module-info.java");
  }

  private static URL resource(String name) {
    URL found = CodeBase.class.getClassLoader().getResource(name);
    if (found == null) {
      throw new UnusableInput("the class path lacks " + name + "; run the packaged jar");
    }
    return found;
  }

  private static JarFile jarFile(URL entry) throws IOException {
    JarURLConnection connection = (JarURLConnection) entry.openConnection();
    connection.setUseCaches(false);
    return connection.getJarFile();
  }

  Path folder() {
    return folder;
  }

  List<Path> classPath() {
    return classPath;
  }

  List<Path> sourcePath() {
    return sourcePath;
  }

  /** The Java files by path, as they are now. */
  Map<String, String> texts() {
    return texts;
  }

  String text(String path) {
    return texts.getOrDefault(path, "");
  }

  /** Puts an approved change into the repository, as a commit of its own. */
  void commit(String path, String text, String message) throws IOException, GitAPIException {
    write(path, text);
    commitFiles(path, message);
  }

  /** A clone, for an agent that needs the whole code base. */
  Git copyTo(Path target) throws GitAPIException {
    return Git.cloneRepository()
        .setURI(folder.toUri().toString())
        .setDirectory(target.toFile())
        .call();
  }

  private void write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    texts.put(path, text);
  }

  private void commitFiles(String path, String message) throws GitAPIException {
    git.add().addFilepattern(path).call();
    git.commit().setMessage(message).setAuthor(AUTHOR).setCommitter(AUTHOR).setSign(false).call();
  }

  @Override
  public void close() {
    git.close();
  }
}
