/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.caws.change.WorkTrees;
import dev.arbiter.example.report.RunOptions.UnusableInput;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.TaskResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.ResetCommand.ResetType;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;

/** The code base to maintain: a Git repository, and the text of its Java files. */
final class CodeBase implements AutoCloseable {
  private static final String LIBRARY = "org/apache/commons/lang3/StringUtils";
  private static final String LIBRARY_FILES = "org/apache/commons/lang3/";
  private static final String BEGUN = "arbiter-begun";
  private static final String APPROVED = "arbiter-approved";
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
  private final List<String> unread = new ArrayList<>();

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

  /**
   * A clone of the user's repository; the original is only read.
   *
   * @throws UnusableInput if there is nothing to clone, or no Java file in it
   */
  static CodeBase of(Path repository, Path folder) throws IOException {
    if (!Files.exists(repository.resolve(".git"))) {
      throw new UnusableInput(
          repository + " is no Git repository; name the top folder of one with --repo");
    }
    Git git = cloned(repository, folder);
    CodeBase base = new CodeBase(git, folder, List.of(), roots(folder));
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> isJava(path.toString())).sorted().toList()) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          base.take(base.folder.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    if (base.texts.isEmpty()) {
      throw new UnusableInput(
          repository
              + " holds no Java file in UTF-8"
              + (base.unread.isEmpty()
                  ? ""
                  : ", but " + base.unread.size() + " in another encoding")
              + "; name another with --repo");
    }
    return base;
  }

  private static List<Path> roots(Path folder) throws IOException {
    List<Path> roots = new ArrayList<>();
    try (Stream<Path> folders = Files.walk(folder)) {
      folders.filter(path -> path.endsWith("src/main/java")).forEach(roots::add);
    }
    return roots.isEmpty() ? List.of(folder) : roots;
  }

  /**
   * The repository of a run that ended early. Its texts are those of the beginning, until {@link
   * #goOn}; a change that was not committed is undone.
   */
  static CodeBase again(Path folder, boolean isLibrary) throws IOException, GitAPIException {
    try (Stream<Path> files = Files.walk(folder.resolve(".git"))) {
      for (Path lock : files.filter(path -> path.toString().endsWith(".lock")).toList()) {
        Files.delete(lock);
      }
    }
    Git git = Git.open(folder.toFile());
    List<Path> jar =
        isLibrary ? List.of(Path.of(jarFile(resource(LIBRARY + ".class")).getName())) : List.of();
    CodeBase base = new CodeBase(git, folder, jar, isLibrary ? List.of() : roots(folder));
    base.follow();
    Repository repository = git.getRepository();
    try (TreeWalk tree = new TreeWalk(repository)) {
      tree.addTree(repository.resolve(BEGUN + "^{tree}"));
      tree.setRecursive(true);
      while (tree.next()) {
        FileMode mode = tree.getFileMode();
        boolean isFile = mode == FileMode.REGULAR_FILE || mode == FileMode.EXECUTABLE_FILE;
        if (isFile && isJava(tree.getPathString())) {
          base.take(tree.getPathString(), repository.open(tree.getObjectId(0)).getBytes());
        }
      }
    }
    return base;
  }

  /** Marks this state as the beginning of a run. */
  void mark() throws GitAPIException {
    git.branchCreate().setName(BEGUN).call();
  }

  /** Takes the texts as the commits of the run before have left them. */
  void goOn() throws IOException {
    for (String path : List.copyOf(texts.keySet())) {
      takeAgain(path);
    }
  }

  private static Git cloned(Path repository, Path folder) {
    try {
      return Git.cloneRepository()
          .setURI(repository.toUri().toString())
          .setDirectory(folder.toFile())
          .call();
    } catch (GitAPIException | JGitInternalException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new UnusableInput(
          repository + " cannot be cloned: " + reason + "; try a fresh clone of it with --repo");
    }
  }

  /** A file in another encoding is left out: tools would write it back with other letters. */
  private void take(String name, byte[] bytes) {
    String path = name.replace('\\', '/');
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      texts.put(path, normal(text));
    } catch (CharacterCodingException e) {
      unread.add(path);
    }
  }

  /** A text with line feeds only, as all texts here are. */
  static String normal(String text) {
    return text.replace("\r\n", "\n");
  }

  /** A text with the line ends that another has. */
  static String withEndsOf(String other, String text) {
    return other.contains("\r\n") ? text.replace("\n", "\r\n") : text;
  }

  /** The Java files that were left out, because they are no UTF-8. */
  List<String> unread() {
    return unread;
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

  /** Work trees of this repository; approved work goes on a branch, see {@link #follow}. */
  WorkTrees trees(Path work, Sources sources, Function<TaskResult.Completed, String> message) {
    return WorkTrees.builder(folder)
        .folder(work)
        .commitTo(APPROVED)
        .author(AUTHOR.getName() + " <" + AUTHOR.getEmailAddress() + ">")
        .message(message)
        .sources(sources)
        .build();
  }

  /** Brings the files to where the approved work is. */
  void follow() throws GitAPIException, IOException {
    boolean isThere = git.getRepository().resolve("refs/heads/" + APPROVED) != null;
    git.reset().setMode(ResetType.HARD).setRef(isThere ? APPROVED : "HEAD").call();
  }

  /** Takes a text as the work that was approved has left it. */
  void takeAgain(String path) throws IOException {
    Path file = folder.resolve(path);
    boolean isFile = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    String text = isFile ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    texts.put(path, normal(text));
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
