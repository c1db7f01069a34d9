/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static dev.arbiter.tracker.privacy.Scrubber.Kind.ACCESS_TOKEN;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.CREDENTIAL;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.EMAIL;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.IBAN;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.IP_ADDRESS;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.MAC_ADDRESS;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.OPAQUE;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.PHONE;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.PRIVATE_KEY;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.SSN;
import static dev.arbiter.tracker.privacy.Scrubber.Kind.USER_NAME;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;

/** All patterns. */
final class SensitiveRules {
  /*
   * RE2 unrolls bounded repeats, so they are kept small and long runs use + and *. No pattern may
   * end in an optional search for a later end: text full of beginnings would be read to its end
   * once for each. The private key takes the rest instead.
   */
  private static final String QUOTE = "\\\\?[\"'`]";
  private static final String ASSIGN = "(?:" + QUOTE + ")?\\s{0,3}(?:=>|:?=|:)\\s{0,3}";
  private static final String QUOTED_OR_WORD =
      "(\\\\?\"[^\"\\\\\\n]+|\\\\?'[^'\\\\\\n]+|`[^`\\n]+|[^\\s\"'`,;<>(){}\\[\\]\\\\]+)";

  private static final String[] PREFIXES =
      words(
          """
          sk- sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_
          glpat- gldt- glft- glrt- glptt- glcbt- glimt- gloas- glsoat- glffct- glagent-
          gr1348941 xoxa- xoxb- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp- npm_ pypi- sg. hf_
          dapi dop_v1_ doo_v1_ dor_v1_ shpat_ shpca_ shppa_ shpss_ sq0atp- sq0csp- aiza ya29.
          ops_eyj p8e- ltai akcp absk clojars_ ezak eztk flwseck api_org_ flwpubk hrku- sntrys_ sntryu_
          glc_ glsa_ hvs. hvb. pplx- lin_api_ ntn_ pmak- nrak- nrjs- nrii- pscale_ rubygems_
          pul- pnu_ rdme_ xkeysib- shippo_ duffel_ dt0c01. dp.pt. fio-u- tk-us- sm_aat_
          sm_pat_ sm_sat_ tfp_ sgp_ sha256~ key- pubkey- live_ test_ dnkey-
          """);

  private static final String[] DIGITS = words("0 1 2 3 4 5 6 7 8 9");

  static final List<SensitiveRule> ALL =
      List.of(
          SensitiveRule.of(
              PRIVATE_KEY,
              "-----BEGIN[ A-Z0-9]*PRIVATE KEY(?: BLOCK)?-----"
                  + "(?s:.*?)(?:-----END[ A-Z0-9]*PRIVATE KEY(?: BLOCK)?-----|\\z)",
              "private key"),
          SensitiveRule.of(PRIVATE_KEY, "(?i)AGE-SECRET-KEY-1[A-Z0-9]+", "age-secret-key-1"),
          SensitiveRule.of(ACCESS_TOKEN, prefixes(), PREFIXES).when(PatternChecks::hasTail),
          SensitiveRule.of(ACCESS_TOKEN, "\\bx(?:ox[a-z]|app)-[\\w.-]{5,}", "xox", "xapp"),
          SensitiveRule.of(
              ACCESS_TOKEN,
              "\\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AROA|AGPA|AIDA)[A-Z0-9]{16}\\b",
              "a3t",
              "akia",
              "asia",
              "abia",
              "acca",
              "aroa",
              "agpa",
              "aida"),
          SensitiveRule.of(ACCESS_TOKEN, "\\bA3-[A-Z0-9]{6}(?:-[A-Z0-9]+){4,5}", "a3-"),
          SensitiveRule.of(ACCESS_TOKEN, "\\bey[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*){0,3}", ".")
              .when(PatternChecks::looksRandom),
          SensitiveRule.of(ACCESS_TOKEN, "\\b(?:SK|AC)[0-9a-fA-F]{32}\\b", "sk", "ac"),
          SensitiveRule.of(
              ACCESS_TOKEN,
              "(?i)\\b(?:hooks\\.slack\\.com/|[\\w-]+\\.webhook\\.office\\.com/"
                  + "|discord(?:app)?\\.com/api/webhooks/)[^\\s\"'<>]+",
              "hooks.slack.com",
              "webhook"),
          SensitiveRule.of(ACCESS_TOKEN, "\\b\\d{6,16}:A[\\w-]{30,}", ":a"),
          SensitiveRule.of(ACCESS_TOKEN, "\\b[\\w~.]{3}\\dQ~[\\w~.-]{31,34}", "q~"),
          SensitiveRule.of(
              CREDENTIAL,
              "(?i)(?:passw(?:or)?d|passwd|pwd|passphrase|secret|credentials?)[\\w.-]*"
                  + ASSIGN
                  + QUOTED_OR_WORD,
              "pass",
              "pwd",
              "secret",
              "credential"),
          SensitiveRule.of(
                  CREDENTIAL,
                  String.format(
                      Locale.ROOT,
                      ""
                          + "(?i)(?:key|token|auth|cookie|session|signature|sig|sas|connection.?string|client.?id|access|creds|login)[\\w.-]*%s%s",
                      ASSIGN,
                      QUOTED_OR_WORD),
                  "key",
                  "token",
                  "auth",
                  "cookie",
                  "session",
                  "sig",
                  "sas",
                  "connection",
                  "client",
                  "access",
                  "creds",
                  "login")
              .when(PatternChecks::looksLikeKey),
          SensitiveRule.of(
              CREDENTIAL,
              "(?i)authorization" + ASSIGN + "(?:" + QUOTE + ")?((?:[a-z]+\\s+)?[^\\s\"',;]{6,})",
              "authorization"),
          SensitiveRule.of(
                  CREDENTIAL,
                  "(?i)\\b(?:bearer|basic|token)\\s+([\\w+/=.~-]{12,})",
                  "bearer",
                  "basic",
                  "token")
              .when(PatternChecks::looksLikeKey),
          SensitiveRule.of(CREDENTIAL, "(?i)password\"\\s*value=\"([^\"]+)", "password"),
          SensitiveRule.of(
                  OPAQUE,
                  "[=:>,|][\"'`\\s=]{0,5}([A-Za-z0-9][A-Za-z0-9_-]{10,})",
                  "=",
                  ":",
                  ">",
                  ",",
                  "|")
              .when(PatternChecks::looksRandom),
          SensitiveRule.of(CREDENTIAL, "[A-Za-z][A-Za-z0-9+.-]*://([^\\s/:@]*:[^\\s/@]+)@", "://"),
          SensitiveRule.of(
              EMAIL,
              "[\\p{L}\\p{N}._%+-]+(?:@|%40)[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)*\\.\\p{L}{2,24}",
              "@",
              "%40"),
          SensitiveRule.of(
                  IBAN, "\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\\b", DIGITS)
              .when(PatternChecks::isIban),
          SensitiveRule.of(SSN, "\\b\\d{3}-\\d{2}-\\d{4}\\b", DIGITS).when(PatternChecks::isSsn),
          SensitiveRule.of(PHONE, "(?:\\+|\\b00)[1-9][\\d ()./-]{6,20}\\d", "+", "00")
              .when(PatternChecks::isPhone),
          SensitiveRule.of(
              PHONE, "\\(?\\b[2-9]\\d{2}\\)?[ .-]{1,2}[2-9]\\d{2}[ .-]\\d{4}\\b", DIGITS),
          SensitiveRule.of(PHONE, "\\b0\\d{2,4}[ /-]\\d{3,4}[ -]?\\d{2,5}\\b", "0"),
          SensitiveRule.of(IP_ADDRESS, "\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b", ".")
              .when(PatternChecks::isIpV4),
          SensitiveRule.of(MAC_ADDRESS, "\\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\\b", ":", "-"),
          SensitiveRule.of(
                  IP_ADDRESS,
                  "\\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}\\b"
                      + "|(?:\\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?::"
                      + "(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*\\b)?",
                  ":")
              .when(PatternChecks::isIpV6),
          SensitiveRule.of(
              USER_NAME,
              "(?i)(?:/home/|[/\\\\]users[/\\\\]{1,2})([^/\\\\\\s\"':;,]+)",
              "/home/",
              "users"));

  private SensitiveRules() {}

  private static String[] words(String text) {
    return Pattern.compile("\\s+").split(text.strip());
  }

  private static String prefixes() {
    StringBuilder pattern = new StringBuilder("(?i)\\b(?:");
    for (int i = 0; i < PREFIXES.length; i++) {
      pattern.append(i == 0 ? "" : "|").append(PREFIXES[i].replace(".", "\\."));
    }
    return pattern.append(")[\\w+/=.~-]{8,}").toString();
  }
}
