/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.checks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Prints the tests that a build skipped, each with its reason: first those of promises that do not
 * apply to what is tested, which say so, then those that could not be checked on this machine.
 *
 * <p>Reads the Surefire reports of all modules. The build runs it from this one source file, so it
 * uses only the JDK.
 */
public final class SkippedTests {
  private static final Set<String> NOT_SEARCHED = Set.of("src", "lib", "node_modules", "classes");
  private static final String ABORTED = "Assumption failed: ";
  private static final String OTHER = "does not apply: ";
  private static final int LONGEST_REASON = 160;

  private SkippedTests() {}

  private record Skipped(String testClass, String test, String reason) {
    /** Whether the promise is one that the tested part does not make, on any machine. */
    boolean isOther() {
      return reason.startsWith(OTHER);
    }

    String line() {
      return "  " + testClass + (test.isEmpty() ? "" : "." + test) + ": " + reason;
    }
  }

  /**
   * Prints the summary.
   *
   * @param args top folder of the checkout, and the start of the build as an ISO instant
   * @throws IOException if a report cannot be read
   */
  public static void main(String[] args) throws IOException {
    System.out.print(summary(Path.of(args[0]), Instant.parse(args[1])));
  }

  /**
   * Counts and names the skipped tests.
   *
   * @param root searched with all folders below it
   * @param start reports written before this moment belong to another build and are left out
   * @return lines, each with its end
   */
  static String summary(Path root, Instant start) throws IOException {
    List<Path> reports = reports(root, start);
    if (reports.isEmpty()) {
      return "promises not checked here: all, no test ran in this build\n";
    }
    List<Skipped> skipped = new ArrayList<>();
    for (Path report : reports) {
      skipped.addAll(read(report));
    }
    skipped.sort(Comparator.comparing(Skipped::testClass).thenComparing(Skipped::test));
    List<Skipped> others = skipped.stream().filter(Skipped::isOther).toList();
    skipped.removeAll(others);
    String first = others.isEmpty() ? "" : lines("promises that do not apply: ", others);
    return first + lines("promises not checked here: ", skipped);
  }

  private static String lines(String title, List<Skipped> tests) {
    StringBuilder text = new StringBuilder(title).append(tests.size());
    tests.forEach(test -> text.append('\n').append(test.line()));
    return text.append('\n').toString();
  }

  private static List<Path> reports(Path root, Instant start) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            boolean searched =
                folder.equals(root) || !(name.startsWith(".") || NOT_SEARCHED.contains(name));
            return searched ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isReport(file) && !attributes.lastModifiedTime().toInstant().isBefore(start)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE; // a temporary file of a test that still ends
          }
        });
    return found;
  }

  private static boolean isReport(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith("TEST-")
        && name.endsWith(".xml")
        && file.resolveSibling(".").normalize().endsWith("surefire-reports");
  }

  private static List<Skipped> read(Path report) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newInstance();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    List<Skipped> skipped = new ArrayList<>();
    try (InputStream in = Files.newInputStream(report)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      String testClass = "";
      String test = "";
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamReader.START_ELEMENT) {
          if (xml.getLocalName().equals("testcase")) {
            testClass = attribute(xml, "classname");
            test = attribute(xml, "name");
          } else if (xml.getLocalName().equals("skipped")) {
            String message = attribute(xml, "message");
            skipped.add(new Skipped(testClass, test, reason(message, xml.getElementText())));
          }
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException(report + " cannot be read; delete it and run the tests again", e);
    }
    return skipped;
  }

  private static String attribute(XMLStreamReader xml, String name) {
    String value = xml.getAttributeValue(null, name);
    return value == null ? "" : value;
  }

  /* Surefire writes the message, or only the stack trace, which begins with the exception's name. */
  private static String reason(String message, String trace) {
    String first = trace.strip().split("\n\\s*at ", 2)[0];
    String told = message.isEmpty() ? first.substring(first.indexOf(": ") + 1) : message;
    String line = told.replace(ABORTED, "").strip().replaceAll("\\s+", " ");
    if (line.isEmpty()) {
      return "no reason given";
    }
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "...";
  }
}
