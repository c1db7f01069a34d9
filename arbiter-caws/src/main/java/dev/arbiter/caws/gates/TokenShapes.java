/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import java.util.ArrayList;
import java.util.List;

/**
 * Tokens that are known by their own form: a prefix of their maker, then so many characters of a
 * kind.
 *
 * <p>Looks at each word of a line once: a handful of comparisons a word, no pattern engine.
 */
final class TokenShapes {
  private static final String UPPER = "U";
  private static final String HEX = "h";
  private static final String ALNUM = "a";
  private static final String WORD = "w"; // letters, digits, hyphen, underscore
  private static final String DOTTED = "d"; // and dot, equals sign
  private static final String BASE64 = "b";
  private static final String EXACTLY = "e"; // so many letters and digits, some of both

  /**
   * Prefixes as their makers publish them, the kind of what follows, and how much of it at least.
   */
  private static final String[][] TABLE = {
    {"AWS access key", UPPER, "16", "AKIA ASIA ABIA ACCA"},
    {"AWS Bedrock key", BASE64, "100", "ABSK"},
    {"AWS Bedrock key", BASE64, "0", "bedrock-api-key-"},
    {"Amazon MWS token", WORD, "30", "amzn.mws."},
    {"GitHub token", ALNUM, "36", "ghp_ gho_ ghu_ ghs_ ghr_"},
    {"GitHub token", WORD, "60", "github_pat_"},
    {
      "GitLab token",
      WORD,
      "20",
      "glpat- gldt- glft- glsoat- glrt- glffct- glimt- glagent- gloas- glptt- glcbt- GR1348941"
    },
    {"Slack token", WORD, "10", "xoxa- xoxb- xoxc- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp-"},
    {"Google API key", WORD, "35", "AIza"},
    {"Google OAuth secret", WORD, "24", "GOCSPX-"},
    {"Google OAuth token", WORD, "20", "ya29."},
    {
      "Stripe key",
      ALNUM,
      "10",
      "sk_live_ rk_live_ pk_prod_ sk_test_ rk_test_ sk_prod_ rk_prod_ whsec_"
    },
    {"npm token", ALNUM, "36", "npm_"},
    {"model API key", WORD, "32", "sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or- sk-"},
    {"model API key", ALNUM, "34", "hf_ api_org_"},
    {"model API key", ALNUM, "40", "pplx- gsk_ r8_ xai-"},
    {"DigitalOcean token", HEX, "64", "dop_v1_ doo_v1_ dor_v1_"},
    {"SendGrid token", DOTTED, "60", "SG."},
    {"Sendinblue token", WORD, "70", "xkeysib- xsmtpsib-"},
    {"Shopify token", HEX, "32", "shpat_ shpca_ shppa_ shpss_"},
    {"Square token", WORD, "22", "sq0atp- sq0csp- EAAA"},
    {"PyPI token", WORD, "50", "pypi-"},
    {"RubyGems token", HEX, "48", "rubygems_"},
    {"Databricks token", HEX, "32", "dapi"},
    {"Vault token", WORD, "24", "hvs. hvb. hvr."},
    {"Vault token", EXACTLY, "24", "s."},
    {"Linear key", ALNUM, "40", "lin_api_"},
    {"Pulumi token", HEX, "40", "pul-"},
    {"Postman key", WORD, "50", "PMAK-"},
    {"PlanetScale token", DOTTED, "32", "pscale_tkn_ pscale_pw_ pscale_oauth_"},
    {"Sentry token", DOTTED, "40", "sntrys_ sntryu_"},
    {"New Relic key", WORD, "19", "NRAK- NRJS- NRII-"},
    {"Dynatrace token", DOTTED, "80", "dt0c01."},
    {"Duffel token", DOTTED, "40", "duffel_test_ duffel_live_"},
    {"EasyPost token", ALNUM, "54", "EZAK EZTK"},
    {"Flutterwave key", WORD, "12", "FLWSECK_TEST- FLWPUBK_TEST- FLWSECK-"},
    {"Frame.io token", DOTTED, "60", "fio-u-"},
    {"Grafana token", BASE64, "32", "glc_ glsa_"},
    {"Grafana token", BASE64, "70", "eyJrIjoi"},
    {"Heroku key", WORD, "58", "HRKU-AA"},
    {"Infracost token", ALNUM, "32", "ico-"},
    {"Doppler token", ALNUM, "40", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit."},
    {"Sourcegraph token", WORD, "40", "sgp_"},
    {"Typeform token", DOTTED, "44", "tfp_"},
    {"ReadMe token", ALNUM, "70", "rdme_"},
    {"Scalingo token", WORD, "48", "tk-us-"},
    {"SettleMint token", ALNUM, "16", "sm_aat_ sm_pat_ sm_sat_"},
    {"Shippo token", HEX, "40", "shippo_live_ shippo_test_"},
    {"Notion token", ALNUM, "40", "ntn_ secret_"},
    {"Prefect token", ALNUM, "36", "pnu_"},
    {"OpenShift token", WORD, "43", "sha256~"},
    {"Alibaba key", ALNUM, "20", "LTAI"},
    {"Adobe secret", ALNUM, "32", "p8e-"},
    {"age key", ALNUM, "50", "AGE-SECRET-KEY-1"},
    {"1Password key", WORD, "30", "A3-"},
    {"1Password token", BASE64, "200", "ops_eyJ"},
    {"Artifactory key", ALNUM, "69", "AKCp"},
    {"Artifactory token", ALNUM, "59", "cmVmd"},
    {"Cloudflare CA key", WORD, "150", "v1.0-"},
    {"ClickHouse key", ALNUM, "38", "4b1d"},
    {"Clojars token", ALNUM, "60", "CLOJARS_"},
    {"Octopus key", UPPER, "26", "API-"},
    {"Mailgun key", HEX, "32", "key- pubkey-"},
    {"Defined Networking token", WORD, "70", "dnkey-"},
    {"Atlassian token", DOTTED, "100", "ATATT3 ATCTT3"},
    {"Twilio key", HEX, "32", "SK"},
    {"Fly.io token", WORD, "43", "fo1_"},
    {"Fly.io token", BASE64, "100", "fm1a_ fm1r_ fm2_"},
    {"Facebook token", ALNUM, "100", "EAAM EAAC"},
    {"Yandex key", WORD, "35", "AQVN"},
    {"Mapbox token", DOTTED, "80", "pk.eyJ sk.eyJ"},
    {"Airtable token", DOTTED, "70", "pat"},
    {"HubSpot token", WORD, "36", "pat-na1- pat-eu1-"},
    {"Harness key", DOTTED, "60", "pat. sat."},
    {"Supabase key", ALNUM, "40", "sbp_"},
    {"JSON web token in Base64", BASE64, "60", "ZXlK"},
    {"42 secret", HEX, "60", "s-s4t2ud- s-s4t2af-"},
    {"session cookie", ALNUM, "32", "_gitlab_session="},
  };

  private static final List<List<Shape>> SHAPES = new ArrayList<>();

  static {
    for (int i = 0; i < 128; i++) {
      SHAPES.add(new ArrayList<>(0));
    }
    for (String[] row : TABLE) {
      for (String prefix : row[3].split(" ", -1)) {
        Shape shape = new Shape(row[0], prefix, row[1].charAt(0), Integer.parseInt(row[2]));
        SHAPES.get(prefix.charAt(0)).add(shape);
      }
    }
  }

  private record Shape(String kind, String prefix, char of, int least) {
    boolean isAt(String line, int at) {
      if (!line.startsWith(prefix, at)) {
        return false;
      }
      int length = 0;
      boolean mixed = least < 24; // a long run of small letters is a word list or a path
      for (int i = at + prefix.length(); i < line.length() && fits(line.charAt(i)); i++) {
        length++;
        mixed |= !Character.isLowerCase(line.charAt(i)) || line.charAt(i) == 'x';
      }
      return mixed && (of == 'e' ? length == least : length >= least);
    }

    private boolean fits(char c) {
      boolean digit = c >= '0' && c <= '9';
      boolean upper = c >= 'A' && c <= 'Z';
      boolean lower = c >= 'a' && c <= 'z';
      return switch (of) {
        case 'U' -> upper || digit;
        case 'h' -> digit || (c >= 'a' && c <= 'h') || (c >= 'A' && c <= 'H') || c == 'x';
        case 'a', 'e' -> digit || upper || lower;
        case 'w' -> digit || upper || lower || c == '_' || c == '-';
        case 'd' -> digit || upper || lower || c == '_' || c == '-' || c == '.' || c == '=';
        default ->
            digit || upper || lower || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
      };
    }
  }

  private TokenShapes() {}

  /** What a line holds, empty when nothing of a known form. */
  static String kind(String line) {
    boolean inWord = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      List<Shape> shapes = inWord || c >= 128 ? List.of() : SHAPES.get(c);
      for (int j = 0; j < shapes.size(); j++) {
        if (shapes.get(j).isAt(line, i)) {
          return shapes.get(j).kind;
        }
      }
      inWord = c == '_' || Character.isLetterOrDigit(c);
    }
    return "";
  }
}
