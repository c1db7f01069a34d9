/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Values that are known for secrets by the name before them: {@code password: x}, {@code
 * AWS_SECRET_ACCESS_KEY=x}, {@code put("api_key", "x")}, {@code Authorization: Bearer x}, {@code
 * <password>x</password>}, in quotes or not.
 *
 * <p>A name that says password or secret makes a secret of most values. One that only names a
 * service, a token or a key wants a value that looks random. Each character is looked at a bounded
 * number of times.
 */
final class NamedSecrets {
  private static final int LONGEST_NAME = 80;
  private static final int LONGEST_VALUE = 400;

  /** Names of passwords and of what is worth as much. */
  private static final WordList STRONG =
      new WordList(
          "password",
          "passwd",
          "passphrase",
          "passwort",
          "pwd",
          "secret",
          "apikey",
          "accesskey",
          "privatekey",
          "encryptionkey",
          "signingkey",
          "masterkey",
          "accountkey",
          "sharedkey",
          "authkey",
          "sessionkey",
          "authtoken",
          "accesstoken",
          "apitoken",
          "refreshtoken",
          "bearertoken",
          "credential",
          "authorization");

  /** Names that a key, a token or an account of a service has. */
  private static final WordList WEAK =
      new WordList(
          "token",
          "auth",
          "key",
          "creds",
          "bearer",
          "access",
          "adafruit",
          "adobe",
          "airtable",
          "algolia",
          "alibaba",
          "asana",
          "atlassian",
          "confluence",
          "jira",
          "beamer",
          "bitbucket",
          "bittrex",
          "meraki",
          "cloudflare",
          "codecov",
          "cohere",
          "coinbase",
          "confluent",
          "contentful",
          "datadog",
          "discord",
          "drone",
          "dropbox",
          "etsy",
          "facebook",
          "fastly",
          "finicity",
          "finnhub",
          "flickr",
          "freshbooks",
          "gitter",
          "gocardless",
          "heroku",
          "hubspot",
          "intercom",
          "kraken",
          "kucoin",
          "launchdarkly",
          "linear",
          "linkedin",
          "lob",
          "looker",
          "mailchimp",
          "mailgun",
          "mapbox",
          "mattermost",
          "messagebird",
          "netlify",
          "newrelic",
          "nytimes",
          "newyorktimes",
          "okta",
          "plaid",
          "privateai",
          "rapidapi",
          "sendbird",
          "sentry",
          "contribsys",
          "snyk",
          "sonar",
          "squarespace",
          "sumo",
          "telegr",
          "travis",
          "twitch",
          "twitter",
          "typeform",
          "yandex",
          "zendesk",
          "jfrog",
          "artifactory",
          "bearer",
          "deploy",
          "webhook",
          "sessionid",
          "npmrc",
          "docker",
          "nuget",
          "connection",
          "signature",
          "salt",
          "seed",
          "certificate",
          "pass");

  private static final Set<String> SCHEMES = Set.of("bearer", "basic", "token", "apikey", "digest");

  /** Parts of values that stand for a secret, or are words of a program. */
  private static final WordList STAND_INS =
      new WordList(
          "${",
          "$(",
          "{{",
          "<%",
          "%(",
          "#{",
          "example",
          "placeholder",
          "changeme",
          "change_me",
          "change-me",
          "your",
          "dummy",
          "redacted",
          "xxxxxxxx",
          "****",
          "....",
          "getenv",
          "environ",
          "process.env",
          "vault:",
          "arn:",
          "null",
          "undefined",
          "true",
          "false",
          "string",
          "required",
          "optional",
          "localhost");

  /** Endings of programs, where a name or number without quotes is no value but a reference. */
  private static final Set<String> PROGRAMS =
      Set.of(
          "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "py", "go", "c", "h", "cc", "cpp", "hpp",
          "cs", "kt", "kts", "scala", "rs", "rb", "php", "swift", "m", "lua", "dart", "groovy",
          "gradle", "sql", "vue");

  /** Endings of files where a value needs no quotes. */
  private static final List<String> SETTINGS =
      List.of(
          ".env",
          ".properties",
          ".yaml",
          ".yml",
          ".ini",
          ".conf",
          ".cfg",
          ".cnf",
          ".config",
          ".toml",
          ".tfvars",
          ".netrc",
          ".npmrc",
          ".pypirc",
          ".pgpass",
          ".htpasswd");

  private final String line;
  private final boolean settings;
  private final boolean program;

  NamedSecrets(String path, String line) {
    this.line = line;
    String name = path.toLowerCase(Locale.ROOT);
    this.settings =
        SETTINGS.stream().anyMatch(name::endsWith)
            || name.contains("/.env.")
            || name.startsWith(".env");
    this.program = PROGRAMS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  boolean found() {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if ((c == '=' || c == ':' || c == '>' || c == ',' || c == ' ' || c == '|') && isSecret(i)) {
        return true;
      }
    }
    return false;
  }

  private boolean isSecret(int separator) {
    char c = line.charAt(separator);
    if (c == ' ' && !isOption(separator)) {
      return false;
    }
    String name = nameBefore(separator, c == ',' || c == ' ');
    if (name.equals("value") && c == '=') {
      name = attributeBefore(separator);
    }
    if (name.isEmpty()) {
      return false;
    }
    boolean strong = STRONG.isIn(name);
    if (!strong && !WEAK.isIn(name)) {
      return false;
    }
    int from = valueStart(separator);
    char quote = from < line.length() ? line.charAt(from) : ' ';
    boolean quoted = quote == '"' || quote == '\'' || quote == '`';
    if (c == ',' && !quoted) {
      return false;
    }
    String value = quoted ? quotedAt(from + 1, quote) : bareAt(from);
    if ((c == ',' && isLetters(value))
        || (program && !quoted && !hasScheme(separator) && isReference(value))) {
      return false;
    }
    return isSecret(value, strong, quoted || c == '>');
  }

  private static boolean isLetters(String value) {
    return value.chars().allMatch(Character::isLetter);
  }

  private static boolean isReference(String value) {
    return value.chars().allMatch(c -> Character.isJavaIdentifierPart(c) || c == '.' || c == ':');
  }

  /** {@code --password x} and {@code -p x}: a blank separates only behind an option. */
  private boolean isOption(int blank) {
    int start = blank;
    while (start > 0 && blank - start < LONGEST_NAME && line.charAt(start - 1) != ' ') {
      start--;
    }
    return line.startsWith("--", start);
  }

  /** The name that ends before a separator, in small letters, without what joins words. */
  private String nameBefore(int separator, boolean onlyQuotedOrOption) {
    int end = separator;
    while (end > 0
        && separator - end < LONGEST_NAME
        && " \t\"'`]=:?|>)".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    boolean quoted = end < separator && "\"'`".indexOf(line.charAt(end)) >= 0;
    if (onlyQuotedOrOption && !quoted && !isOption(separator)) {
      return "";
    }
    int start = end;
    while (start > 0 && end - start < LONGEST_NAME && isNamePart(line.charAt(start - 1))) {
      start--;
    }
    StringBuilder name = new StringBuilder(end - start);
    for (int i = start; i < end; i++) {
      if (Character.isLetterOrDigit(line.charAt(i))) {
        name.append(Character.toLowerCase(line.charAt(i)));
      }
    }
    return name.toString();
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == '@';
  }

  /** The name in {@code key="name" value=}. */
  private String attributeBefore(int separator) {
    String near = line.substring(Math.max(0, separator - 2 * LONGEST_NAME), separator);
    int end = near.lastIndexOf('"');
    int start = end < 0 ? -1 : near.lastIndexOf('"', end - 1);
    return start < 0 || end - start > LONGEST_NAME
        ? ""
        : lettersOf(near.substring(start, end).toLowerCase(Locale.ROOT)).toString();
  }

  private boolean hasScheme(int separator) {
    return valueStart(separator) > skip(separator);
  }

  /** Behind separators and blanks, a scheme of a header, and {@code value=} of an XML attribute. */
  private int valueStart(int separator) {
    int at = skip(separator);
    if (line.startsWith("value=", at)) {
      at += "value=".length();
    }
    int end = at;
    while (end < line.length() && end - at < 10 && Character.isLetter(line.charAt(end))) {
      end++;
    }
    boolean scheme =
        end < line.length()
            && line.charAt(end) == ' '
            && SCHEMES.contains(line.substring(at, end).toLowerCase(Locale.ROOT));
    return scheme ? skip(end) : at;
  }

  private int skip(int from) {
    int at = from;
    while (at < line.length()
        && at - from < LONGEST_NAME
        && " \t=:>|,".indexOf(line.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private String quotedAt(int from, char quote) {
    int end = from;
    while (end < line.length() && line.charAt(end) != quote && end - from < LONGEST_VALUE) {
      end++;
    }
    String value = line.substring(from, end);
    int blank = value.indexOf(' ');
    boolean scheme =
        blank > 0 && SCHEMES.contains(value.substring(0, blank).toLowerCase(Locale.ROOT));
    return scheme ? value.substring(blank + 1) : value;
  }

  private String bareAt(int from) {
    int end = from;
    while (end < line.length()
        && end - from < LONGEST_VALUE
        && " \t\"'`;,(){}<>\\[]".indexOf(line.charAt(end)) < 0) {
      end++;
    }
    boolean called = end < line.length() && (line.charAt(end) == '(' || line.charAt(end) == '[');
    return called ? "" : line.substring(from, end);
  }

  private boolean isSecret(String value, boolean strong, boolean quoted) {
    String small = value.toLowerCase(Locale.ROOT);
    if (value.length() < 8 || value.indexOf(' ') >= 0 || isStandIn(small)) {
      return false;
    }
    if (!strong) {
      return isRandom(value);
    }
    boolean plainWord = value.chars().allMatch(c -> Character.isLetter(c) || c == '.' || c == '_');
    boolean namesItself = STRONG.isIn(lettersOf(small));
    if (quoted) {
      return !namesItself || isRandom(value);
    }
    if (settings) {
      return !(plainWord && namesItself);
    }
    return isRandom(value) && !plainWord;
  }

  private static CharSequence lettersOf(String small) {
    StringBuilder letters = new StringBuilder(small.length());
    small.chars().filter(c -> c >= 'a' && c <= 'z').forEach(c -> letters.append((char) c));
    return letters;
  }

  private static boolean isStandIn(String small) {
    char first = small.charAt(0);
    boolean reference =
        first == '$'
            || first == '%'
            || first == '@'
            || first == '&'
            || first == '!'
            || first == '<';
    boolean path = first == '/' || small.startsWith("./") || small.startsWith("../");
    return reference
        || (path && small.indexOf('.') >= 0)
        || small.contains("://")
        || STAND_INS.isIn(small);
  }

  /** Long enough, of letters and digits that mix as no word does, and no number or version. */
  static boolean isRandom(String value) {
    int digits = 0;
    int small = 0;
    int capitals = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c >= 'a' && c <= 'z') {
        small++;
      } else if (c >= 'A' && c <= 'Z') {
        capitals++;
      } else if ("_-+/=.~:|%".indexOf(c) < 0) {
        return false;
      }
    }
    int length = value.length();
    int others = length - digits - small - capitals;
    boolean number = small + capitals == 0 && others > 0;
    boolean mixed = small * 10 >= length * 3 && capitals * 10 >= length * 3; // no CamelCase word
    return length >= 11
        && (digits >= 2 || (mixed && length >= 16))
        && !number
        && others * 4 <= length + 8
        && SecretRules.entropy(value) >= 2.6;
  }
}
