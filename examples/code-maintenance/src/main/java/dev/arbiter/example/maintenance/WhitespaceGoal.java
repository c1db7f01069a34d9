/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.ArrayList;
import java.util.List;

/** No tab, and no blank before the end of a line. */
final class WhitespaceGoal implements Goal {
  @Override
  public List<String> misses(JavaFile file) {
    List<String> misses = new ArrayList<>();
    String[] lines = file.lines();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].indexOf('\t') >= 0) {
        misses.add("line " + (i + 1) + ": tab");
      }
      if (lines[i].endsWith(" ") || lines[i].endsWith("\t")) {
        misses.add("line " + (i + 1) + ": blanks at the end");
      }
    }
    return misses;
  }
}
