/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.Arrays;
import java.util.List;

/** A kind of maintenance: its name, the instruction for the agent, and the goal. */
enum ChoreType {
  /** Two spaces, 100 columns. */
  FORMAT_GOOGLE(
      "format-google",
      3,
      "Format the file %s in Google style: 2 spaces of indentation, lines of at most 100 columns,"
          + " opening braces at the end of the line. Change nothing but the layout.",
      LayoutGoal.google()),
  /** Four spaces, 120 columns. */
  FORMAT_WIDE(
      "format-wide",
      3,
      "Format the file %s with 4 spaces of indentation, lines of at most 120 columns and opening"
          + " braces at the end of the line. Change nothing but the layout.",
      LayoutGoal.wide()),
  /** Imports that nothing refers to. */
  UNUSED_IMPORTS(
      "unused-imports",
      1,
      "Remove the imports that nothing refers to from the file %s. Change nothing else.",
      Goals::usedImports),
  /** An {@code if} or a loop without braces. */
  MISSING_BRACES(
      "missing-braces",
      2,
      "Put braces around every body of if, else, for, while and do that has none, in the file %s."
          + " Change nothing else.",
      Goals::braces),
  /** Type arguments that the compiler could infer. */
  EXPLICIT_TYPES(
      "explicit-types",
      2,
      "Replace type arguments that repeat the declaration by the diamond <> in the file %s. Change"
          + " nothing else.",
      Goals::diamonds),
  /** Methods that override another and do not say so. */
  MISSING_OVERRIDE(
      "missing-override",
      2,
      "Add @Override to every method that overrides or implements another, in the file %s. Change"
          + " nothing else.",
      Goals::overrides),
  /** Tabs, and blanks before the end of a line. */
  WHITESPACE(
      "whitespace",
      1,
      "Replace tabs by 4 spaces and remove blanks at the ends of lines in the file %s. Change"
          + " nothing else.",
      Goals::cleanWhitespace);

  private final String id;
  private final int tier;
  private final String instruction;

  @SuppressWarnings("ImmutableEnumChecker") // no goal has state
  private final Goal goal;

  ChoreType(String id, int tier, String instruction, Goal goal) {
    this.id = id;
    this.tier = tier;
    this.instruction = instruction;
    this.goal = goal;
  }

  /** The task type. */
  String id() {
    return id;
  }

  /** The risk tier; it decides the change budget. */
  int tier() {
    return tier;
  }

  /** The instruction for an agent. */
  String instruction(String path) {
    return instruction.replace("%s", path);
  }

  /** The goal that is checked after the work. */
  Goal goal() {
    return goal;
  }

  /** Tells whether the whole file may change. */
  boolean isFormat() {
    return this == FORMAT_GOOGLE || this == FORMAT_WIDE;
  }

  static List<String> ids() {
    return Arrays.stream(values()).map(ChoreType::id).toList();
  }

  static ChoreType of(String id) {
    return Arrays.stream(values())
        .filter(type -> type.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no chore type '" + id + "': " + ids()));
  }
}
