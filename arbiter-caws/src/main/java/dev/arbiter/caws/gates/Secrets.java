/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.Map;

/** Kinds of secrets with a recognisable form, matched in linear time. */
final class Secrets {
  private static final int LONGEST_LINE = 100_000;
  private static final Map<String, Pattern> KINDS = new LinkedHashMap<>();

  static {
    kind("private key", "-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----");
    kind("AWS access key", "\\b(AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b");
    kind("GitHub token", "\\bgh[pousr]_[A-Za-z0-9]{36,}|\\bgithub_pat_[A-Za-z0-9_]{60,}");
    kind("GitLab token", "\\bglpat-[A-Za-z0-9_-]{20,}");
    kind("Slack token", "\\bxox[abprs]-[A-Za-z0-9-]{10,}");
    kind("Google API key", "\\bAIza[A-Za-z0-9_-]{35}");
    kind("Stripe key", "\\b[rs]k_live_[A-Za-z0-9]{16,}");
    kind("npm token", "\\bnpm_[A-Za-z0-9]{36}\\b");
    kind("model API key", "\\bsk-(ant-|proj-)?[A-Za-z0-9_-]{32,}");
    kind("JSON web token", "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}");
    kind("password in a URL", "[a-z][a-z0-9+.-]*://[^/\\s:@]+:[^/\\s:@${<]{3,}@");
    kind(
        "secret in an assignment",
        "(?i)\\b[a-z0-9_.-]*(password|passwd|secret|api_?key|access_?token|auth_?token)"
            + "[\"']?\\s*[:=]\\s*[\"'][^\"'\\s${<]{8,}[\"']");
  }

  private Secrets() {}

  private static void kind(String name, String regex) {
    KINDS.put(name, Pattern.compile(regex));
  }

  /** The kind of secret in a line, empty for none; a very long line is matched in pieces. */
  static String kind(String line) {
    for (int from = 0; from < line.length(); from += LONGEST_LINE / 2) {
      String piece = line.substring(from, Math.min(line.length(), from + LONGEST_LINE));
      for (Map.Entry<String, Pattern> kind : KINDS.entrySet()) {
        if (kind.getValue().matcher(piece).find()) {
          return kind.getKey();
        }
      }
    }
    return "";
  }
}
