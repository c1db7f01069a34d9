/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No real secret is here: keys are put together from random or constant parts at run time. */
class ScrubberTest {
  private static final Scrubber SCRUBBER = Scrubber.standard();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mail ada.lovelace+x@example.co.uk now | mail [email] now",
        "zoë@exämple.de | [email]",
        "ada%40example.com | [email]",
        "call +49 (30) 123-4567 now | call [phone] now",
        "call 0049 30 1234567 | call [phone]",
        "call (212) 555-0187 | call [phone]",
        "call 030 1234567 | call [phone]",
        "call +12 345 678 | call [phone]",
        "card 4111 1111 1111 1111. | card [card].",
        "card 4111-1111-1111-1111 | card [card]",
        "card 378282246310005, 5 | card [card], 5",
        "order 7 5500 0000 0000 0004 | order 7 [card]",
        "to 6011000990139424 4 | to [card] 4",
        "iban DE89 3704 0044 0532 0130 00 | iban [iban]",
        "iban GB82WEST12345698765432 | iban [iban]",
        "ssn 536-90-4399. | ssn [ssn].",
        "from 192.168.10.254:80 | from [ip-address]:80",
        "from 2001:db8::8a2e:370:7334 ok | from [ip-address] ok",
        "from 2001:0db8:0000:0000:0000:8a2e:0370:7334 | from [ip-address]",
        "from fe80::1 ok | from [ip-address] ok",
        "mac 00:1b:44:11:3a:b7 | mac [mac-address]",
        "in /home/ada/src | in /home/[user-name]/src",
        "in C:\\Users\\ada\\src | in C:\\Users\\[user-name]\\src",
        "in /Users/ada | in /Users/[user-name]",
        "password=hunter2 | password=[credential]",
        "passwd: 'a b c' | passwd: [credential]'",
        "db.password => geheim | db.password => [credential]",
        "client_secret := tellnobody | client_secret := [credential]",
        "api_key: abcd1234efgh | api_key: [credential]",
        "postgres://app:s3cr3t@db/x | postgres://[credential]@db/x",
        "Authorization: Basic dXNlcjpwYXNz | Authorization: [credential]",
        "Bearer abc123def456 | Bearer [credential]",
        "<add key=\"Password\" value=\"geheim\"/> | <add key=\"Password\" value=\"[credential]\"/>",
        "acme = 3f9k2m7q1x5z | acme = [opaque]",
      })
  void takes_out_what_is_sensitive_and_nothing_else(String text, String clean) {
    assertThat(SCRUBBER.scrub(text)).isEqualTo(clean);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "refactor the parser of module 17 and run 42 tests",
        "src/main/java/dev/arbiter/tracker/PerformanceTracker.java:120",
        "std::vector<int> List::add Foo::Bar",
        "2026-11-21T10:15:30.123Z took 00:15:30",
        "1234567890123 1700000000000000000",
        "the key to success: patience",
        "token count: 1234",
        "thisIsARatherLongCamelCaseIdentifierName",
        "a-rather-long-name-with-2-digits-in-it-5",
        "version 1.2.3",
        "up +12 345 67 points",
        "sum +1234567890123456789",
        "4111 1111 1111 1112",
        "300.1.1.999",
        "987-65-4320",
        "000-12-3456",
        "666-12-3456",
        "123-00-4567",
        "123-45-0000",
        "GB00WEST12345698765432",
        "sk-learn-pipeline hf_transformer",
        "+1 +22 C++ 1/0",
        "a@b @everyone foo@",
        "started: 2026-11-21T10:15, took: 12 s, module=tracker-history",
        ""
      })
  void leaves_ordinary_text_as_it_is(String text) {
    assertThat(SCRUBBER.scrub(text)).isSameAs(text);
  }

  @ParameterizedTest
  @CsvSource({
    "ghp_, 36", "github_pat_, 60", "glpat-, 20", "xoxb-, 30", "sk_live_, 24", "sk-, 40", "npm_, 36",
    "hf_, 34", "AIza, 35", "shpat_, 32", "SG., 40", "dop_v1_, 64", "key-, 32", "rubygems_, 48",
    "AKIA, 16", "pypi-, 60", "lin_api_, 40", "glsa_, 32"
  })
  void knows_the_tokens_of_issuers(String prefix, int length) {
    String token = prefix + random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length, 3);

    assertThat(SCRUBBER.scrub("use " + token + " please")).isEqualTo("use [access-token] please");
  }

  @Test
  void takes_out_private_keys_to_their_end_or_the_end_of_the_text() {
    String begin = "-----BEGIN RSA " + "PRIVATE KEY-----";
    String end = "-----END RSA " + "PRIVATE KEY-----";

    assertThat(SCRUBBER.scrub("a " + begin + "\nMII\nabc\n" + end + " b"))
        .isEqualTo("a [private-key] b");
    assertThat(SCRUBBER.scrub("a " + begin + "\\nMII")).isEqualTo("a [private-key]");
    assertThat(SCRUBBER.scrub(begin + "x" + end + " c " + begin + "y" + end))
        .isEqualTo("[private-key] c [private-key]");
  }

  @Test
  void takes_out_web_tokens() {
    String token = "eyJ" + random("abcXYZ", 12, 1) + ".eyJ" + random("abcXYZ", 12, 2) + ".c2ln";

    assertThat(SCRUBBER.scrub("x " + token + " y")).isEqualTo("x [access-token] y");
  }

  @Test
  void finds_a_secret_in_json_in_an_error_and_in_base64() {
    String secret = random("abcdefghijklmnopqrstuvwxyz0123456789", 12, 5);
    String key = "ghp_" + random("abcdefghijklmnopqrstuvwxyz0123456789", 36, 6);
    String base64 = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));

    assertThat(SCRUBBER.scrub("{\"password\": \"" + secret + "\"}")).doesNotContain(secret);
    assertThat(SCRUBBER.scrub("\"{\\\"password\\\": \\\"" + secret + "\\\"}\""))
        .doesNotContain(secret);
    assertThat(SCRUBBER.scrub("IOException: 401 for https://h/x?token=" + key)).doesNotContain(key);
    assertThat(SCRUBBER.scrub("payload " + base64)).doesNotContain(base64.substring(0, 20));
  }

  /** Random keys of four alphabets, 32 characters, 1,000 each: at most 1 % may pass. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      })
  void takes_random_text_for_a_key(String alphabet) {
    int passed = 0;
    for (int seed = 0; seed < 1000; seed++) {
      String key = random(alphabet, 40, seed);
      passed += SCRUBBER.scrub("x " + key + " y").contains(key) ? 1 : 0;
    }

    assertThat(passed).isLessThanOrEqualTo(10);
  }

  @Test
  void places_are_in_order_and_apart_and_name_their_kind() {
    List<Scrubber.Span> spans = SCRUBBER.find("a@b.cc 10.0.0.1 password=a@b.cc");

    assertThat(spans)
        .containsExactly(
            new Scrubber.Span(Scrubber.Kind.EMAIL, 0, 6),
            new Scrubber.Span(Scrubber.Kind.IP_ADDRESS, 7, 15),
            new Scrubber.Span(Scrubber.Kind.CREDENTIAL, 25, 31));
  }

  @Test
  void scrubbing_twice_changes_nothing_more() {
    String once =
        SCRUBBER.scrub(
            "password=hunter2 ada@example.com 10.0.0.1 token: abcd1234efgh /home/ada/x"
                + " postgres://a:b@c Bearer abc123def456");

    assertThat(SCRUBBER.scrub(once)).isEqualTo(once);
  }

  /** A matcher that goes back would not end within the lifetime of the test run. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a@",
        "a.",
        "@",
        "1",
        "1-",
        "4 ",
        "1.",
        ":",
        "a:",
        "::1",
        "password=",
        "password",
        "key ",
        "://",
        "a://b:",
        "-----BEGIN PRIVATE KEY-----",
        "eyJaaaaaaaa.",
        "sk-",
        "/home/",
        "+1",
        "DE11 AAAA ",
        "\"",
        "token\\\"",
        "Authorization: "
      })
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void hostile_text_of_50_000_characters_ends(String unit) {
    String text = unit.repeat(50_000 / unit.length());

    assertThat(SCRUBBER.scrub(text)).isNotEmpty();
  }

  private static String random(String alphabet, int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
