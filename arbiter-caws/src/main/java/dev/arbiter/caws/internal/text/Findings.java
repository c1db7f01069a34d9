/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects findings, at most a hundred; the rest is counted, and an error stays an error. */
public final class Findings {
  public static final int MOST = 100;

  /* Most judgements find nothing, so the lists are made when the first finding comes. */
  private List<Finding> errors = List.of();
  private List<Finding> others = List.of();
  private int dropped;

  /** Adds an error. */
  public void error(String rule, String place, String message) {
    add(Finding.error(rule, place, message));
  }

  /** Adds a warning. */
  public void warning(String rule, String place, String message) {
    add(Finding.warning(rule, place, message));
  }

  /** Adds an error with its line. */
  public void error(String rule, String place, int line, String message) {
    add(Finding.error(rule, place, message).onLine(line));
  }

  /** Adds a warning with its line. */
  public void warning(String rule, String place, int line, String message) {
    add(Finding.warning(rule, place, message).onLine(line));
  }

  /** Adds a finding. */
  public void add(Finding finding) {
    if (finding.severity() == Severity.ERROR) {
      errors = with(errors, finding);
    } else {
      others = with(others, finding);
    }
  }

  private List<Finding> with(List<Finding> list, Finding finding) {
    if (list.size() == MOST) {
      dropped++;
      return list;
    }
    List<Finding> longer = list.isEmpty() ? new ArrayList<>() : list;
    longer.add(finding);
    return longer;
  }

  /** Adds findings in their order. */
  public void addAll(List<Finding> findings) {
    for (int i = 0; i < findings.size(); i++) {
      add(findings.get(i));
    }
  }

  /** Whether an error was added. */
  public boolean hasErrors() {
    return !errors.isEmpty();
  }

  boolean isEmpty() {
    return errors.isEmpty() && others.isEmpty();
  }

  /** Errors first, each group in the order it was found. */
  public List<Finding> all() {
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
