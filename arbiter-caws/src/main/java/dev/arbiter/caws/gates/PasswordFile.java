/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import static dev.arbiter.caws.gates.NamedSecrets.isStandIn;

import java.util.Locale;
import java.util.Set;

/** Files whose lines hold passwords by their form: netrc, pgpass, htpasswd. */
final class PasswordFile {
  private static final int LONGEST_LINE = 10_000;
  private static final Set<String> NETRC = Set.of(".netrc", "_netrc", "netrc");
  private static final Set<String> PGPASS = Set.of(".pgpass", "pgpass", "pgpass.conf");

  private PasswordFile() {}

  static boolean isSecret(String path, String line) {
    if (line.length() > LONGEST_LINE || line.startsWith("#")) {
      return false;
    }
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    boolean netrc = line.contains("machine ") && line.contains(" login ");
    if (NETRC.contains(name) || netrc) {
      return isNetrc(line);
    }
    if (PGPASS.contains(name)) {
      return isPgpass(line);
    }
    int colon = line.indexOf(':');
    return name.equals(".htpasswd") && colon > 0 && line.length() - colon > 8;
  }

  /** {@code machine host login me password secret}; each part may be on a line of its own. */
  private static boolean isNetrc(String line) {
    String[] words = line.strip().split("\\s+", -1);
    for (int i = 0; i + 1 < words.length; i++) {
      boolean named = words[i].equals("password") || words[i].equals("passwd");
      String value = words[i + 1].toLowerCase(Locale.ROOT);
      if (named && value.length() >= 3 && !value.startsWith("{") && !isStandIn(value)) {
        return true;
      }
    }
    return false;
  }

  /** {@code host:port:database:user:password}; a backslash before a colon makes it content. */
  private static boolean isPgpass(String line) {
    String[] parts = line.strip().split("(?<!\\\\):", 5);
    return parts.length == 5
        && !parts[4].isBlank()
        && !isStandIn(parts[4].toLowerCase(Locale.ROOT));
  }
}
