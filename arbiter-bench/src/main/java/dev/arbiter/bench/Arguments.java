/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a program: options, which begin with two dashes, and the others in order. */
public final class Arguments {
  private final String usage;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> others = new ArrayList<>();

  /**
   * Takes arguments apart.
   *
   * @param usage the arguments that there are, for messages
   * @param switches options without a value
   * @param valued options with a value
   * @param given the arguments
   * @throws IllegalArgumentException if an option is unknown, given twice, or lacks its value
   */
  public Arguments(String usage, List<String> switches, List<String> valued, String... given) {
    this.usage = usage;
    for (int i = 0; i < given.length; i++) {
      String option = given[i];
      if (!isOption(option)) {
        others.add(option);
        continue;
      }
      require(switches.contains(option) || valued.contains(option), option + " is no option");
      require(!options.containsKey(option), option + " is given twice");
      String value = "";
      if (valued.contains(option)) {
        require(i + 1 < given.length && !isOption(given[i + 1]), option + " has no value");
        value = given[++i];
      }
      options.put(option, value);
    }
  }

  private static boolean isOption(String argument) {
    return argument.startsWith("--");
  }

  /**
   * Refuses arguments.
   *
   * @param condition whether they are right
   * @param otherwise what is wrong; the usage follows
   */
  public void require(boolean condition, String otherwise) {
    if (!condition) {
      throw wrong(otherwise);
    }
  }

  /**
   * {@return an error about arguments}
   *
   * @param what is wrong; the usage follows
   */
  public IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + "; " + usage);
  }

  /**
   * {@return the arguments that are no options and no values of them}
   *
   * @param least how many there must be
   * @param most how many there may be
   */
  public List<String> others(int least, int most) {
    require(
        others.size() >= least && others.size() <= most,
        others.isEmpty() ? "something is missing" : "cannot use " + others);
    return List.copyOf(others);
  }

  /** Refuses arguments that are no options and no values of them. */
  public void requireNoOthers() {
    require(others.isEmpty(), "cannot use " + others);
  }

  /** {@return whether an option is there} */
  public boolean has(String option) {
    return options.containsKey(option);
  }

  /** {@return the value of an option; null if it is not there} */
  public @Nullable String value(String option) {
    return options.get(option);
  }

  /** {@return the file that an option names; null if it is not there} */
  public @Nullable Path file(String option) {
    String value = value(option);
    return value == null ? null : Path.of(value);
  }

  /** {@return the number that an option gives, above 0} */
  public double number(String option, double otherwise) {
    String value = value(option);
    return value == null ? otherwise : number(option, value);
  }

  /**
   * {@return a number above 0}
   *
   * @param name of the argument
   * @param value as given
   */
  public double number(String name, String value) {
    double number = Double.NaN;
    try {
      number = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      // refused below
    }
    require(number > 0 && number <= 1e9, name + " must be a number above 0, got " + value);
    return number;
  }

  /**
   * {@return a whole number from 1}
   *
   * @param name of the argument
   * @param value as given
   */
  public int whole(String name, String value) {
    double number = number(name, value);
    require(number == Math.rint(number), name + " must be a whole number from 1, got " + value);
    return (int) number;
  }
}
