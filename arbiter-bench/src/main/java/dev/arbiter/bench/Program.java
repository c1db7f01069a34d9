/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How each program here begins and ends: it reads its arguments and files, checks that it can write
 * what it will write, and only then measures.
 *
 * <p>Exit codes: 0 if all is well; 1 if a promise is missed or could not be measured; 2 if an
 * argument or a file cannot be used, and nothing was measured.
 */
public final class Program {
  private static final int WELL = 0;
  private static final int MISSED = 1;
  private static final int WRONG = 2;

  private Program() {}

  /** What a program does with arguments that are right. */
  @FunctionalInterface
  public interface Work {

    /**
     * Measures and prints.
     *
     * @param out gets what is printed
     * @return whether every promise was measured and held
     * @throws Exception if it fails
     */
    boolean run(PrintStream out) throws Exception;
  }

  /** The first half of a program. */
  @FunctionalInterface
  public interface Reader {

    /**
     * Reads arguments, and the files that they name.
     *
     * @param arguments as given
     * @return the second half
     * @throws IllegalArgumentException for one that cannot be used; it names it and the next step
     */
    Work read(String... arguments);
  }

  /**
   * Runs a program and ends the process.
   *
   * @param reader the program
   * @param arguments as given
   * @throws Exception if the work fails; the process ends with 1
   */
  public static void main(Reader reader, String... arguments) throws Exception {
    System.exit(run(reader, System.out, System.err, arguments));
  }

  /** Runs a program. Returns its exit code. */
  static int run(Reader reader, PrintStream out, PrintStream err, String... arguments)
      throws Exception {
    Work work;
    try {
      work = reader.read(arguments);
    } catch (IllegalArgumentException wrong) {
      err.println(wrong.getMessage());
      return WRONG;
    }
    return work.run(out) ? WELL : MISSED;
  }

  /**
   * {@return the text of a file that an argument names}
   *
   * @param file the file
   * @throws IllegalArgumentException if it cannot be read
   */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file + " cannot be read: " + reason(e) + "; give a file of text that is there", e);
    }
  }

  /**
   * Checks that a file can be written, and leaves it as it is.
   *
   * @param file the file; it need not be there
   * @throws IllegalArgumentException if it cannot be written
   */
  public static void requireWritable(Path file) {
    boolean isNew = Files.notExists(file);
    try {
      Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      if (isNew) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file + " cannot be written: " + reason(e) + "; give a file in a folder that is there", e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "this user may not";
    }
    return e instanceof CharacterCodingException
        ? "it is no UTF-8"
        : String.valueOf(e.getMessage());
  }
}
