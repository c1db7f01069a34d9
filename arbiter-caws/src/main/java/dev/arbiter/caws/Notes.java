/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects findings, at most a hundred; what is beyond is counted, and an error stays an error. */
final class Notes {
  static final int MOST = 100;

  private final List<Finding> errors = new ArrayList<>(); // takes no room before the first
  private final List<Finding> others = new ArrayList<>();
  private int dropped;

  void error(String rule, String place, String message) {
    add(Finding.error(rule, place, message));
  }

  void warning(String rule, String place, String message) {
    add(Finding.warning(rule, place, message));
  }

  void add(Finding finding) {
    List<Finding> list = finding.severity() == Severity.ERROR ? errors : others;
    if (list.size() < MOST) {
      list.add(finding);
    } else {
      dropped++;
    }
  }

  void addAll(List<Finding> findings) {
    for (int i = 0; i < findings.size(); i++) {
      add(findings.get(i));
    }
  }

  boolean hasErrors() {
    return !errors.isEmpty();
  }

  boolean isEmpty() {
    return errors.isEmpty() && others.isEmpty();
  }

  /** Errors first, each group in the order it was found. */
  List<Finding> all() {
    if (isEmpty()) {
      return List.of();
    }
    List<Finding> all = new ArrayList<>(errors.size() + others.size() + 1);
    all.addAll(errors);
    all.addAll(others);
    if (dropped > 0) {
      all.add(
          new Finding(
              "findings.truncated", Severity.INFO, "", dropped + " more findings were left out"));
    }
    return all;
  }
}
