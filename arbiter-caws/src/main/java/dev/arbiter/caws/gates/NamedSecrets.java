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
  private static final String SEPARATORS = "=:>, |(";

  /** Names of passwords and of what is worth as much. */
  private static final WordList STRONG =
      new WordList(
          "password",
          "passwd",
          "passphrase",
          "passwort",
          "pwd",
          "secret",
          "secretkey",
          "secretkeybase",
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

  /** Beginnings of calls that ask for a secret, or look at one. */
  private static final WordList QUESTIONS =
      new WordList(
          "get",
          "find",
          "read",
          "load",
          "fetch",
          "is",
          "has",
          "check",
          "validate",
          "lookup",
          "resolve",
          "need",
          "require",
          "remove",
          "delete",
          "assert",
          "expect",
          "match",
          "test",
          "describe",
          "log",
          "print",
          "show",
          "prompt",
          "ask",
          "enter",
          "forgot",
          "reset");

  /** Types of texts that stand between a name and its value. */
  private static final Set<String> TYPES =
      Set.of("string", "str", "text", "bytes", "byte", "varchar", "char", "any", "object");

  /** Words of sentences, which passphrases do without. */
  private static final Set<String> GRAMMAR =
      Set.of(
          "a",
          "an",
          "and",
          "are",
          "as",
          "at",
          "be",
          "by",
          "can",
          "cannot",
          "do",
          "does",
          "enter",
          "for",
          "from",
          "has",
          "have",
          "if",
          "in",
          "into",
          "invalid",
          "is",
          "it",
          "least",
          "must",
          "new",
          "no",
          "not",
          "of",
          "on",
          "one",
          "only",
          "or",
          "please",
          "required",
          "should",
          "than",
          "that",
          "the",
          "then",
          "this",
          "to",
          "too",
          "use",
          "with",
          "wrong",
          "you",
          "your");

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
      if (SEPARATORS.indexOf(c) >= 0 && (c == '(' ? isSecretCall(i) : isSecret(i))) {
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
    if (c == '=' && !STRONG.isIn(name)) {
      name = declaredBefore(separator, name);
    }
    if (name.isEmpty()) {
      return false;
    }
    boolean strong = STRONG.isIn(name);
    if (!strong && !WEAK.isIn(name)) {
      return false;
    }
    int from = valueStart(separator);
    int quote = StringLiteral.quoteAt(line, from);
    if (c == ',' && quote < 0) {
      return false;
    }
    String value = quote >= 0 ? quotedAt(from, quote) : bareAt(from);
    if ((c == ',' && isLetters(value))
        || (program && quote < 0 && !hasScheme(separator) && isReference(value))) {
      return false;
    }
    boolean ofSecret = strong && (c != ',' || value.length() >= 8 || STRONG.isAtEnd(name));
    return isSecret(value, ofSecret, quote >= 0 || c == '>');
  }

  /** {@code setPassword("x")}: the name ends with what it sets, and asks for nothing. */
  private boolean isSecretCall(int open) {
    int from = skip(open + 1);
    int quote = StringLiteral.quoteAt(line, from);
    String name = quote < 0 ? "" : methodBefore(open);
    if (name.isEmpty() || !STRONG.isAtEnd(name) || QUESTIONS.isAtStart(name)) {
      return false;
    }
    String value = quotedAt(from, quote);
    boolean setter = name.startsWith("set") || name.startsWith("with");
    return (setter || hasDigitAndLetter(value)) && isSecret(value, true, true);
  }

  private String methodBefore(int open) {
    int end = back(open, " ");
    int from = end;
    while (from > 0 && end - from < LONGEST_NAME && isWordPart(line.charAt(from - 1))) {
      from--;
    }
    return line.substring(from, end).replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /**
   * The name in a declaration where a type follows it: {@code apiKey: string =}, {@code var
   * password string =}, {@code char password[] =}, {@code Password { get; set; } =}.
   */
  private String declaredBefore(int separator, String last) {
    if (last.equals("value")) {
      return attributeBefore(separator);
    }
    int end = back(separator, " \t");
    int from = Math.max(0, separator - LONGEST_NAME);
    if (end > 0 && line.charAt(end - 1) == '}') {
      int open = line.lastIndexOf('{', end);
      return open >= from ? nameBefore(open, false) : last;
    }
    int bracket = end > 0 && line.charAt(end - 1) == ']' ? line.lastIndexOf('[', end) : -1;
    if (bracket >= from && isIndex(bracket + 1, end - 1)) {
      return nameBefore(bracket, false);
    }
    int colon = end;
    while (colon > from && isTypePart(line.charAt(colon - 1))) {
      colon--;
    }
    if (colon > from && line.charAt(colon - 1) == ':') {
      String declared = nameBefore(colon - 1, false);
      return declared.isEmpty() ? last : declared;
    }
    int word = end;
    while (word > from && isNamePart(line.charAt(word - 1))) {
      word--;
    }
    return TYPES.contains(last) && word < end ? nameBefore(back(word, " \t*[]"), false) : last;
  }

  private int back(int from, String skipped) {
    int at = from;
    while (at > 0 && from - at < LONGEST_NAME && skipped.indexOf(line.charAt(at - 1)) >= 0) {
      at--;
    }
    return at;
  }

  private boolean isIndex(int from, int to) {
    return line.substring(from, to).chars().allMatch(c -> Character.isDigit(c) || c == ' ');
  }

  private static boolean isTypePart(char c) {
    return Character.isLetterOrDigit(c) || "_.<>[]?|&' \t*".indexOf(c) >= 0;
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

  private String quotedAt(int from, int quote) {
    String value = StringLiteral.value(line, from, quote, LONGEST_VALUE);
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
    if (value.length() < 6 || isStandIn(small)) {
      return false;
    }
    if (value.length() < 8) {
      return strong && quoted && hasDigitAndLetter(value) && isLetterOrDigitOrMark(value);
    }
    if (value.indexOf(' ') >= 0) {
      return strong && quoted && isPassphrase(small);
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

  private static boolean hasDigitAndLetter(String value) {
    return value.chars().anyMatch(Character::isDigit)
        && value.chars().anyMatch(Character::isLetter);
  }

  private static boolean isLetterOrDigitOrMark(String value) {
    return value
        .chars()
        .allMatch(c -> Character.isLetterOrDigit(c) || "!@#$^&*-_.?".indexOf(c) >= 0);
  }

  /** Words that make no sentence: no word of grammar among them, no name of a secret. */
  private static boolean isPassphrase(String small) {
    List<String> words = List.of(small.split(" +", -1));
    boolean plain =
        words.stream().allMatch(word -> word.chars().allMatch(c -> c >= 'a' && c <= 'z'));
    boolean odd = small.chars().anyMatch(c -> Character.isDigit(c) || "!#^*~@".indexOf(c) >= 0);
    boolean code = small.chars().anyMatch(c -> "()[]{}=;,<>|\"'`\\%+/:".indexOf(c) >= 0);
    return !code
        && !small.startsWith(" ")
        && !small.endsWith(" ")
        && (odd || (plain && words.size() >= 4))
        && words.stream().noneMatch(GRAMMAR::contains)
        && !STRONG.isIn(lettersOf(small));
  }

  private static CharSequence lettersOf(String small) {
    StringBuilder letters = new StringBuilder(small.length());
    small.chars().filter(c -> c >= 'a' && c <= 'z').forEach(c -> letters.append((char) c));
    return letters;
  }

  /** Whether a value, in small letters, stands for a secret or refers to one. */
  static boolean isStandIn(String small) {
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
