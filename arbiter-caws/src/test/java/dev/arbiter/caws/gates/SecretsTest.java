/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many generated secrets are found, and how many harmless lines are taken for one. */
class SecretsTest {
  private static final String ALNUM =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String HEX = "0123456789abcdef";
  private static final String BASE64 = ALNUM + "+/";

  private final SplittableRandom random = new SplittableRandom(11);

  private String some(String letters, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  private String uuid() {
    return String.join("-", some(HEX, 8), some(HEX, 4), some(HEX, 4), some(HEX, 4), some(HEX, 12));
  }

  /** A line of a file, as secrets come in it. */
  private record Place(String path, String line) {}

  /** How a name and a value come in files of many kinds. */
  private static final List<Function<String[], Place>> NAMED =
      List.of(
          s -> new Place("src/A.java", "  String " + s[0] + " = \"" + s[1] + "\";"),
          s -> new Place("src/a.py", s[0] + " = '" + s[1] + "'"),
          s -> new Place("src/a.ts", "const c = { " + s[0] + ": `" + s[1] + "` }"),
          s -> new Place("src/A.java", "map.put(\"" + s[0] + "\", \"" + s[1] + "\");"),
          s -> new Place(".env", s[0].toUpperCase(java.util.Locale.ROOT) + "=" + s[1]),
          s -> new Place("conf/.env.production", "export " + s[0] + "=" + s[1]),
          s -> new Place("app.properties", "app." + s[0] + "=" + s[1]),
          s -> new Place("app.yaml", "  " + s[0] + ": " + s[1]),
          s -> new Place("app.yml", "  " + s[0] + ": \"" + s[1] + "\""),
          s -> new Place("app.json", "{\"" + s[0] + "\": \"" + s[1] + "\"}"),
          s -> new Place("app.toml", s[0] + " = \"" + s[1] + "\""),
          s -> new Place("run.sh", "run --" + s[0].replace('_', '-') + " " + s[1] + " now"),
          s -> new Place("pom.xml", "<" + s[0] + ">" + s[1] + "</" + s[0] + ">"),
          s -> new Place("nuget.config", "<add key=\"" + s[0] + "\" value=\"" + s[1] + "\" />"));

  private static final List<String> NAMES =
      List.of(
          "password",
          "db_password",
          "passwd",
          "client_secret",
          "api_key",
          "apikey",
          "access_token",
          "auth_token",
          "aws_secret_access_key",
          "private_key",
          "encryption_key",
          "secret_key_base",
          "datadog_api_key",
          "heroku_key",
          "twitter_token",
          "okta_token",
          "signing_key");

  @Test
  void a_secret_behind_a_name_is_found_in_every_kind_of_file() {
    List<Supplier<String>> values =
        List.of(
            () -> some(BASE64, 40),
            () -> some(HEX, 32),
            () -> some(ALNUM, 24),
            () -> some(ALNUM, 16),
            this::uuid);
    List<String> missed = new ArrayList<>();
    int all = 0;
    for (String name : NAMES) {
      for (Supplier<String> value : values) {
        for (Function<String[], Place> place : NAMED) {
          for (int i = 0; i < 4; i++) {
            Place at = place.apply(new String[] {name, value.get()});
            all++;
            if (Secrets.kind(at.path, at.line).isEmpty()) {
              missed.add(at.line);
            }
          }
        }
      }
    }

    assertThat(missed).hasSizeLessThan(all / 100);
  }

  /** Declarations with types, calls, and the prefixes that texts have in programs. */
  private static final List<Function<String[], Place>> DECLARED =
      List.of(
          s -> new Place("a.ts", "const " + s[0] + ": string = '" + s[1] + "';"),
          s -> new Place("a.ts", "  private " + s[0] + "?: string | undefined = `" + s[1] + "`"),
          s -> new Place("a.kt", "val " + s[0] + ": String? = \"" + s[1] + "\""),
          s -> new Place("a.scala", "val " + s[0] + ": Option[String] = \"" + s[1] + "\""),
          s -> new Place("a.swift", "let " + s[0] + ": String = \"" + s[1] + "\""),
          s -> new Place("a.rs", "const " + s[0] + ": &'static str = \"" + s[1] + "\";"),
          s -> new Place("a.rs", "let " + s[0] + " = r#\"" + s[1] + "\"#;"),
          s -> new Place("a.go", "var " + s[0] + " string = \"" + s[1] + "\""),
          s -> new Place("a.go", s[0] + " := `" + s[1] + "`"),
          s -> new Place("a.c", "static const char " + s[0] + "[] = \"" + s[1] + "\";"),
          s -> new Place("a.c", "char *" + s[0] + " = \"" + s[1] + "\";"),
          s -> new Place("a.cpp", "auto " + s[0] + " = R\"(" + s[1] + ")\";"),
          s -> new Place("a.cs", "string " + s[0] + " = @\"" + s[1] + "\";"),
          s -> new Place("a.cs", "public string " + s[0] + " { get; set; } = \"" + s[1] + "\";"),
          s -> new Place("a.m", "NSString *" + s[0] + " = @\"" + s[1] + "\";"),
          s -> new Place("a.py", s[0] + ": str = f\"" + s[1] + "\""),
          s -> new Place("a.py", s[0] + " = b'" + s[1] + "'"),
          s -> new Place("a.py", s[0] + " = \"\"\"" + s[1] + "\"\"\""),
          s -> new Place("a.rb", ":" + s[0] + " => '" + s[1] + "'"),
          s -> new Place("a.php", "$" + s[0] + " = '" + s[1] + "';"),
          s -> new Place("A.java", "private static final String " + s[0] + " = \"" + s[1] + "\";"),
          s -> new Place("A.java", "c.set" + s[0] + "(\"" + s[1] + "\");"),
          s -> new Place("A.java", "Client.builder()." + s[0] + "( \"" + s[1] + "\" ).build()"),
          s -> new Place("a.js", "client.with_" + s[0] + "('" + s[1] + "')"));

  @Test
  void a_secret_is_found_behind_types_in_calls_and_in_every_kind_of_text() {
    List<Supplier<String>> values =
        List.of(
            () -> some(BASE64, 40),
            () -> some(ALNUM, 16),
            () -> some("abcdefghijk", 5) + some("0123456789", 3) + some("lmnop", 4));
    List<String> missed = new ArrayList<>();
    int all = 0;
    for (String name : NAMES) {
      for (Supplier<String> value : values) {
        for (Function<String[], Place> place : DECLARED) {
          Place at = place.apply(new String[] {name, value.get()});
          boolean weak = List.of("heroku_key", "twitter_token", "okta_token").contains(name);
          boolean word = value.equals(values.get(2)); // a service's key looks random
          if (!weak || !(word || at.line.contains("("))) {
            all++;
            if (Secrets.kind(at.path, at.line).isEmpty()) {
              missed.add(at.line);
            }
          }
        }
      }
    }

    assertThat(all).isGreaterThan(1_000);
    assertThat(missed).hasSizeLessThan(all / 100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        "home/.netrc~machine example.com login ada password hunter2",
        ".netrc~password hunter2",
        "notes.txt~machine example.com login ada password hunter2",
        ".pgpass~db.example.com:5432:*:ada:hun\\:ter2",
        "AppData/postgresql/pgpass.conf~localhost:5432:app:ada:x",
        "web/.htpasswd~ada:$apr1$Dx.Bn1sC$E/1bW0yPnGLNXSzeWwYmW1",
        "A.java~String password = \"hunter2\";",
        "A.java~String password = \"correct horse battery staple\";",
        "a.py~passphrase = 'tr0ub4dor 3 horses'",
        "A.java~c.setPassword(\"correcthorse\");",
      })
  void what_a_person_chose_is_found_too(String path, String line) {
    assertThat(Secrets.kind(path, line)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        ".netrc~machine example.com login ada password ${NETRC_PASSWORD}",
        ".pgpass~# host:port:database:user:password",
        "a.json~\"password\": \"Enter the password 2 times\"",
        "a.ts~passwordError: 'Must have at least 8 characters!'",
        "a.ts~const password: string = prompt('Password please')",
        "a.py~password: str = field(default=None)",
        "a.py~password = f\"{prefix}-{user.secret_name}\"",
        "A.java~String password = vault.getPassword(\"database1\");",
        "A.java~user.setPasswordEncoder(\"bcrypt12\");",
        "A.java~throw new PasswordException(\"too short, 8 letters at least\");",
        "A.java~assertThat(page.getPassword()).isEqualTo(other);",
        "a.go~func checkPassword(given string) (ok bool)",
        "a.c~char password[32];",
        "a.cs~public string Password { get; set; } = string.Empty;",
      })
  void what_only_speaks_of_secrets_is_none(String path, String line) {
    assertThat(Secrets.kind(path, line)).isEmpty();
  }

  @Test
  void a_token_of_a_known_form_is_found_wherever_it_is() {
    List<Supplier<String>> tokens =
        List.of(
            () -> "AKIA" + some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
            () -> "ghp_" + some(ALNUM, 36),
            () -> "github_pat_" + some(ALNUM, 82),
            () -> "glpat-" + some(ALNUM, 20),
            () -> "xoxb-" + some("0123456789", 12) + "-" + some(ALNUM, 24),
            () -> "AIza" + some(ALNUM, 35),
            () -> "sk_live_" + some(ALNUM, 24),
            () -> "sk-ant-api03-" + some(ALNUM, 93) + "AA",
            () -> "hf_" + some(ALNUM, 34),
            () -> "dop_v1_" + some(HEX, 64),
            () -> "SG." + some(ALNUM, 22) + "." + some(ALNUM, 43),
            () -> "shpat_" + some(HEX, 32),
            () -> "npm_" + some(ALNUM, 36),
            () -> "pypi-AgEIcHlwaS5vcmc" + some(ALNUM, 60),
            () -> "hvs." + some(ALNUM, 95),
            () -> "eyJ" + some(ALNUM, 20) + ".eyJ" + some(ALNUM, 40) + "." + some(ALNUM, 43),
            () -> "https://" + some(ALNUM, 6) + ":" + some(ALNUM, 12) + "@example.com/x",
            () -> "https://hooks.slack.com/services/" + some(ALNUM, 44),
            () -> "Authorization: Bearer " + some(ALNUM, 40),
            () -> "curl -u admin:" + some(ALNUM, 12) + " https://example.com",
            () -> "DefaultEndpointsProtocol=https;AccountKey=" + some(BASE64, 86) + "==");
    List<Function<String, Place>> places =
        List.of(
            t -> new Place("a.txt", t),
            t -> new Place("A.java", "call(\"" + t + "\");"),
            t -> new Place("a.md", "use " + t + " here"),
            t -> new Place(".env", "X=" + t));
    List<String> missed = new ArrayList<>();
    int all = 0;
    for (Supplier<String> token : tokens) {
      for (Function<String, Place> place : places) {
        for (int i = 0; i < 20; i++) {
          Place at = place.apply(token.get());
          all++;
          if (Secrets.kind(at.path, at.line).isEmpty()) {
            missed.add(at.line);
          }
        }
      }
    }

    assertThat(missed).hasSizeLessThan(all / 100);
  }

  @Test
  void harmless_lines_are_hardly_ever_taken_for_secrets() {
    List<Supplier<Place>> harmless =
        List.of(
            () -> new Place("A.java", "String password = config.get(\"db\");"),
            () -> new Place("A.java", "this.accessToken = tokens.next" + random.nextInt(9) + ";"),
            () -> new Place("a.yaml", "password: ${DB_PASSWORD_" + random.nextInt(99) + "}"),
            () -> new Place("a.yaml", "image: app@sha256:" + some(HEX, 64)),
            () ->
                new Place(
                    "package-lock.json", "\"integrity\": \"sha512-" + some(BASE64, 86) + "\""),
            () -> new Place("Cargo.lock", "checksum = \"" + some(HEX, 64) + "\""),
            () -> new Place("a.md", "commit " + some(HEX, 40)),
            () -> new Place("a.json", "\"id\": \"" + uuid() + "\""),
            () ->
                new Place(
                    "a.html", "<img src=\"data:image/png;base64," + some(BASE64, 200) + "\">"),
            () -> new Place("a.js", "import x from './token" + random.nextInt(99) + ".js'"),
            () -> new Place("a.py", "key = lambda item: item." + some("abcdefgh", 12)),
            () -> new Place("a.ts", "tokenType: TokenKind.Identifier" + random.nextInt(99)),
            () -> new Place("a.css", ".author:hover { color: #" + some(HEX, 6) + "; }"),
            () -> new Place("a.properties", "cache.key.prefix=users"),
            () -> new Place("a.md", "see https://example.com/" + some(ALNUM, 20) + "?a=b:c@d"),
            () -> new Place("a.java", "KEY_" + random.nextInt(99) + " = SOME_OTHER_KEY_1;"),
            () -> new Place("a.txt", some("abcdefghijklmnopqrstuvwxyz   ", 60)));
    List<String> wrong = new ArrayList<>();
    int all = 0;
    for (Supplier<Place> line : harmless) {
      for (int i = 0; i < 300; i++) {
        Place at = line.get();
        all++;
        if (!Secrets.kind(at.path, at.line).isEmpty()) {
          wrong.add(at.line);
        }
      }
    }

    assertThat(wrong).hasSizeLessThan(all / 500);
  }

  @Test
  @Timeout(60) // a quadratic search would take hours
  void no_line_takes_more_than_its_length(@TempDir Path folder) throws Exception {
    String rule = "[[rules]]\nid = \"key\"\nregex = \"key_[a-z]{8}\"\nentropy = 3.5\n";
    SecretRules rules = SecretRules.read(Files.writeString(folder.resolve("rules.toml"), rule));

    assertThat(Secrets.kind("a.py", "=".repeat(4_000_000))).isEmpty();
    assertThat(Secrets.kind("a.py", "\"key\"" + ": ".repeat(2_000_000))).isEmpty();
    assertThat(Secrets.kind("a.py", "value=".repeat(500_000))).isEmpty();
    assertThat(Secrets.kind("a.py", "x: y = ".repeat(500_000))).isEmpty();
    assertThat(Secrets.kind("a.cs", "{ } = ".repeat(500_000))).isEmpty();
    assertThat(Secrets.kind("a.c", "setpassword(".repeat(500_000))).isEmpty();
    assertThat(found(rules, "a.txt", "key_aaaaaaaa ".repeat(500_000))).isEmpty();
  }

  @Test
  void rules_of_a_file_are_held_to_as_their_file_says(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("rules.toml"),
            """
            title = "ours"
            [[rules]]
            id = "house-token"
            description = "a token of ours"
            regex = '''(?i)house[_-]?token\\s*=\\s*([a-z0-9]{8,})'''
            keywords = ["HOUSE"]
            entropy = 2.5
            [[rules.allowlists]]
            regexes = ['''^test''']
            stopwords = ["sample"]
            [[rules]]
            id = "key-file"
            path = '''\\.p12$'''
            [[rules]]
            id = "block"
            regex = '''BEGIN HOUSE[\\s\\S]{5,}?END'''
            [allowlist]
            paths = ['''^vendor/''']
            """);
    SecretRules rules = SecretRules.read(file);

    assertThat(found(rules, "a.txt", "x\nHOUSE_TOKEN = abc123def456"))
        .containsExactly("a.txt:2 house-token");
    assertThat(found(rules, "a.txt", "house_token = aaaaaaaaaa")).isEmpty();
    assertThat(found(rules, "a.txt", "house_token = test123def456")).isEmpty();
    assertThat(found(rules, "a.txt", "house_token = 1sample2345")).isEmpty();
    assertThat(found(rules, "vendor/a.txt", "house_token = abc123def456")).isEmpty();
    assertThat(found(rules, "a.p12", "\u0000binary")).containsExactly("a.p12:1 key-file");
    assertThat(found(rules, "a.txt", "1\n2\nBEGIN HOUSE\nxxx\nyyy\nEND"))
        .containsExactly("a.txt:3 block");
  }

  @Test
  void rules_with_a_mark_and_crlf_are_the_same_rules(@TempDir Path folder) throws Exception {
    String toml = "[[rules]]\nid = \"two-lines\"\nregex = \'\'\'BEGIN\nhouse\'\'\'\n";
    Path file = Files.writeString(folder.resolve("r.toml"), "\ufeff" + toml.replace("\n", "\r\n"));

    assertThat(found(SecretRules.read(file), "a.txt", "x\nBEGIN\nhouse\n"))
        .containsExactly("a.txt:2 two-lines");
  }

  private static List<String> found(SecretRules rules, String path, String text) {
    List<String> found = new ArrayList<>();
    rules.find(path, text, found);
    return found;
  }

  @Test
  void a_file_of_rules_that_cannot_be_held_to_is_refused_by_name(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("rules.toml");

    Files.writeString(file, "[[rules]]\nid = \"x\"\nregex = '''(?<=a)b'''\n");
    assertThatThrownBy(() -> SecretRules.read(file)).hasMessageContaining("x has a pattern");
    Files.writeString(file, "[[rules]]\nregex = '''b'''\n");
    assertThatThrownBy(() -> SecretRules.read(file)).hasMessageContaining("needs an id");
    Files.writeString(file, "title = \"none\"\n");
    assertThatThrownBy(() -> SecretRules.read(file)).hasMessageContaining("[[rules]]");
    Files.writeString(file, "[[rules\n");
    assertThatThrownBy(() -> SecretRules.read(file)).hasMessageContaining("no TOML");
    Files.writeString(file, "title = \"x\"\n\n[[rules\n");
    assertThatThrownBy(() -> SecretRules.read(file))
        .hasMessageContaining("rules.toml is no TOML, at line 3");
    Files.write(file, new byte[] {'#', (byte) 0xe9, '\n'});
    assertThatThrownBy(() -> SecretRules.read(file)).hasMessageContaining("is not UTF-8 text");
    assertThatThrownBy(() -> SecretRules.read(folder)).hasMessageContaining("no file");
  }
}
