/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the line of a finding that has a pointer and no line: in the policy, or in the spec. */
public record FindingLines(@Nullable Node spec, @Nullable Node policy) {

  /** The same findings with their lines. */
  public List<Finding> locate(List<Finding> findings) {
    List<Finding> located = new ArrayList<>(findings.size());
    for (Finding finding : findings) {
      String place = finding.place();
      boolean inPolicy = place.startsWith("/risk_tiers") || place.startsWith("/gates");
      located.add(
          isWanted(finding) ? finding.onLine(lineOf(place, inPolicy ? policy : spec)) : finding);
    }
    return located;
  }

  private static boolean isWanted(Finding finding) {
    return finding.line() == 0 && finding.place().startsWith("/");
  }

  private static int lineOf(String pointer, @Nullable Node root) {
    Node node = root;
    int line = 0;
    for (String token : pointer.substring(1).split("/", -1)) {
      String name = token.replace("~1", "/").replace("~0", "~");
      Node next = null;
      if (node instanceof Node.Fields fields) {
        next = fields.values().get(name);
      } else if (node instanceof Node.Items items
          && name.length() < 7
          && Ids.isDigits(name, 0, name.length())
          && Integer.parseInt(name) < items.values().size()) {
        next = items.values().get(Integer.parseInt(name));
      }
      if (next == null) {
        return line;
      }
      node = next;
      line = node.line();
    }
    return line;
  }
}
