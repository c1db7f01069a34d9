/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.arbiter.internal.DurableFile;
import dev.arbiter.internal.Require;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.learning.Practice.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Practices as files that other tools read: a folder of Agent Skills (agentskills.io), and a marked
 * section of {@code AGENTS.md}.
 *
 * <p>Written is what is kept at one agent or more, through the scrubber. Each text stands in a
 * fenced block, as a quoted line, so that none of it is structure of the file.
 *
 * <p>Read is what anyone may have written. A file of more than 256 KiB, one that is no UTF-8 or no
 * regular file, a link, a folder whose name is not the skill's: each is left out, and said in
 * {@link Imported#problems}. Texts become one clean line; counts in a file are not believed, and a
 * practice that is read is on trial like any other. What a text asks an agent to do is not judged:
 * the agent's work is.
 *
 * <p>Thread-safe as long as nobody else changes the files.
 */
public final class PracticeFiles {
  private static final int MOST_BYTES = 256 << 10;
  private static final int MOST_FOLDERS = 1_000;
  private static final int LONGEST_PROBLEM = 300;
  private static final String BYTE_ORDER_MARK = "\ufeff";
  private static final String BEGIN = "<!-- arbiter practices begin -->";
  private static final String END = "<!-- arbiter practices end -->";

  private final Practices practices;

  private PracticeFiles(Practices practices) {
    this.practices = practices;
  }

  /**
   * {@return files of these practices}
   *
   * @param practices what is written, and to what is added
   */
  public static PracticeFiles of(Practices practices) {
    return new PracticeFiles(practices);
  }

  /**
   * What was read.
   *
   * @param practices what was added, or was there and says the same
   * @param problems what was left out, each in a sentence
   */
  public record Imported(List<Practice> practices, List<String> problems) {
    /** Copies. */
    public Imported {
      practices = List.copyOf(practices);
      problems = List.copyOf(problems);
    }
  }

  /**
   * Writes a skill for each type of task: {@code <folder>/<name>/SKILL.md}. One that this method
   * wrote before, and that has no practice any more, is removed; other skills are left alone.
   *
   * @param tenant whose practices
   * @param folder made if it is not there
   * @return the files
   * @throws IllegalStateException if the practices have no scrubber
   * @throws IOException if a file cannot be written, or is there and holds no practices of ours
   */
  public List<Path> writeSkills(String tenant, Path folder) throws IOException {
    List<Path> written = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    Files.createDirectories(folder);
    for (Map.Entry<String, List<String>> type : scrubbed(tenant).entrySet()) {
      String name = Skill.name(type.getKey());
      Path own = folder.resolve(name);
      if (!Files.isDirectory(own, NOFOLLOW_LINKS)) {
        Files.createDirectory(own);
      }
      Path file = own.resolve(Skill.FILE);
      requireOurs(file);
      write(file, String.join("\n", Skill.render(type.getKey(), type.getValue())) + "\n");
      written.add(file);
      names.add(name);
    }
    for (Path old : skillFolders(folder)) {
      String name = String.valueOf(old.getFileName());
      if (name.startsWith(Skill.PREFIX) && !names.contains(name) && isOurs(old)) {
        Files.delete(old.resolve(Skill.FILE));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(old)) {
          if (!left.iterator().hasNext()) {
            Files.delete(old);
          }
        }
      }
    }
    return written;
  }

  private static void requireOurs(Path file) throws IOException {
    if (Files.exists(file, NOFOLLOW_LINKS) && !PracticeBlock.isIn(read(file))) {
      throw new IOException(file + " holds no practices of an arbiter; move it away first");
    }
  }

  private static boolean isOurs(Path folder) {
    try {
      return PracticeBlock.isIn(read(folder.resolve(Skill.FILE)));
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private Map<String, List<String>> scrubbed(String tenant) {
    Map<String, List<String>> byType = new TreeMap<>();
    for (Practice practice : practices.kept(tenant)) {
      String type = practices.scrubbed(tenant, practice.taskType());
      String text = practices.scrubbed(tenant, practice.text());
      if (PracticeText.isClean(text) && !type.isEmpty()) {
        byType.computeIfAbsent(type, t -> new ArrayList<>()).add(text);
      }
    }
    return byType;
  }

  /**
   * Reads the skills of a folder: those of {@link #writeSkills}, and others, whose list items
   * become practices.
   *
   * @param tenant to whose practices they are added
   * @param folder the folder
   * @param taskType the type of task for skills that name none
   * @return what was read, and what was left out
   * @throws IOException if the folder cannot be listed
   * @throws IllegalArgumentException if tenant or type is no name
   */
  public Imported readSkills(String tenant, Path folder, String taskType) throws IOException {
    Require.name("practice.taskType", taskType, false);
    List<Practice> read = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<Path> folders = skillFolders(folder);
    if (folders.size() >= MOST_FOLDERS) {
      problems.add("only the first " + MOST_FOLDERS + " folders are read");
    }
    for (Path skill : folders) {
      String name = String.valueOf(skill.getFileName());
      try {
        Skill parsed = Skill.parse(name, read(skill.resolve(Skill.FILE)), taskType);
        add(tenant, parsed.texts(), "skill " + name, read, problems);
      } catch (IOException | IllegalArgumentException e) {
        problems.add(problem("skill " + name, e));
      }
    }
    return new Imported(read, problems);
  }

  private static List<Path> skillFolders(Path folder) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (folders.size() < MOST_FOLDERS && Files.isDirectory(entry, NOFOLLOW_LINKS)) {
          folders.add(entry);
        }
      }
    }
    folders.sort(null);
    return folders;
  }

  private void add(
      String tenant,
      Map<String, List<String>> byType,
      String from,
      List<Practice> read,
      List<String> problems) {
    Source source = new Source(Source.Kind.FILE, PracticeText.clean(from));
    if (byType.values().stream().allMatch(List::isEmpty)) {
      problems.add(Sanitizer.text(from + " has no practice", LONGEST_PROBLEM));
    }
    byType.forEach(
        (type, texts) -> {
          for (String text : texts) {
            try {
              practices
                  .add(tenant, type, text, source)
                  .ifPresentOrElse(
                      read::add,
                      () -> problems.add(from + ": no place for more practices of this tenant"));
            } catch (IllegalArgumentException e) {
              problems.add(problem(from, e));
            }
          }
        });
  }

  private static String problem(String from, Exception e) {
    return Sanitizer.text(from + " is left out: " + e.getMessage(), LONGEST_PROBLEM);
  }

  /**
   * Writes the practices into a marked section of a file, such as {@code AGENTS.md}. The rest of
   * the file stays as it is, byte for byte. Without practices the section is removed.
   *
   * @param tenant whose practices
   * @param file made if it is not there
   * @throws IllegalStateException if the practices have no scrubber
   * @throws IOException if the file cannot be read or written, is a link, or has half a section
   */
  public void writeSection(String tenant, Path file) throws IOException {
    Map<String, List<String>> byType = scrubbed(tenant);
    boolean isThere = Files.exists(file, NOFOLLOW_LINKS);
    String text = isThere ? text(file) : "";
    String end = text.contains("\r\n") ? "\r\n" : "\n";
    List<String> lines = text.lines().toList();
    int begins = lines.indexOf(BEGIN);
    int ends = lines.indexOf(END);
    if ((begins < 0) != (ends < 0)
        || begins > ends
        || begins != lines.lastIndexOf(BEGIN)
        || ends != lines.lastIndexOf(END)) {
      throw new IOException(
          file + " has no whole section of practices; make it one begin and one end, or none");
    }
    List<String> section = new ArrayList<>();
    if (!byType.isEmpty()) {
      section.addAll(List.of(BEGIN, "## Practices", ""));
      section.addAll(PracticeBlock.render(byType));
      section.add(END);
    }
    if (begins < 0 && section.isEmpty()) {
      return;
    }
    int from = begins < 0 ? text.length() : offset(text, begins);
    int to = begins < 0 ? text.length() : offset(text, ends + 1);
    String before = text.substring(0, from);
    String gap = before.isEmpty() || before.endsWith("\n") ? "" : end;
    String middle = section.isEmpty() ? "" : String.join(end, section) + end;
    write(file, before + gap + middle + text.substring(to));
  }

  /** Where a line begins; lines end as {@link String#lines} has them. */
  private static int offset(String text, int line) {
    int at = 0;
    for (int i = 0; i < line && at < text.length(); i++) {
      while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
        at++;
      }
      at += text.startsWith("\r\n", at) ? 2 : 1;
    }
    return Math.min(at, text.length());
  }

  /**
   * Reads the practices of a marked section.
   *
   * @param tenant to whose practices they are added
   * @param file the file
   * @return what was read, and what was left out
   * @throws IllegalArgumentException if the tenant is no name
   */
  public Imported readSection(String tenant, Path file) {
    List<Practice> read = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    String from = String.valueOf(file.getFileName());
    try {
      List<String> lines = read(file);
      int begins = lines.indexOf(BEGIN);
      int ends = lines.indexOf(END);
      Require.that(begins >= 0 && ends > begins, "it has no section of practices");
      List<String> section = lines.subList(begins, ends);
      Require.that(PracticeBlock.isIn(section), "its section has no block of practices");
      add(tenant, PracticeBlock.parse(section), "file " + from, read, problems);
    } catch (IOException | IllegalArgumentException e) {
      problems.add(problem("file " + from, e));
    }
    return new Imported(read, problems);
  }

  private static List<String> read(Path file) throws IOException {
    String text = text(file);
    return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).lines().toList();
  }

  /** The text of a regular file that is no link, as long as it is short and UTF-8. */
  private static String text(Path file) throws IOException {
    if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
      throw new IOException(file.getFileName() + " is no regular file, or is a link");
    }
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS))) {
      ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES + 1);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Goes on until the file or the buffer ends.
      }
      if (!bytes.hasRemaining()) {
        throw new IOException(file.getFileName() + " has more than " + MOST_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file.getFileName() + " is not UTF-8", e);
    }
  }

  private static void write(Path file, String text) throws IOException {
    PosixFileAttributeView old =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
    Set<PosixFilePermission> rights =
        old != null && Files.exists(file, NOFOLLOW_LINKS)
            ? old.readAttributes().permissions()
            : null;
    DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
    if (rights != null) {
      Files.setPosixFilePermissions(file, rights);
    }
  }
}
