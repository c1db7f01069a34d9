/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Writes answers as one SARIF 2.1.0 log (OASIS, 2020) with one run. */
final class Sarif {
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  private final FindingFile about;

  Sarif(FindingFile about) {
    this.about = about;
  }

  String of(List<ValidateCommand.Answer> answers) {
    TreeSet<String> ids = new TreeSet<>();
    for (ValidateCommand.Answer answer : answers) {
      answer.validation().findings().forEach(finding -> ids.add(finding.ruleId()));
    }
    List<String> rules = List.copyOf(ids);
    List<Map<String, Object>> results = new ArrayList<>();
    for (ValidateCommand.Answer answer : answers) {
      for (Finding finding : answer.validation().findings()) {
        results.add(result(answer.file(), finding, rules.indexOf(finding.ruleId())));
      }
    }
    List<Map<String, String>> described = rules.stream().map(id -> Map.of("id", id)).toList();
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "arbiter");
    driver.put("version", "0.1.0");
    driver.put("rules", described);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("columnKind", "utf16CodeUnits");
    run.put("results", results);
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", SCHEMA);
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return JsonText.of(log);
  }

  private Map<String, Object> result(Path file, Finding finding, int ruleIndex) {
    Map<String, Object> physical = new LinkedHashMap<>();
    physical.put("artifactLocation", Map.of("uri", uri(about.of(file, finding))));
    if (finding.line() > 0) {
      physical.put("region", Map.of("startLine", finding.line()));
    }
    Map<String, Object> location = new LinkedHashMap<>();
    location.put("physicalLocation", physical);
    if (finding.place().startsWith("/")) {
      location.put("logicalLocations", List.of(Map.of("fullyQualifiedName", finding.place())));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", finding.ruleId());
    result.put("ruleIndex", ruleIndex);
    result.put("level", level(finding.severity()));
    result.put("message", Map.of("text", finding.message()));
    result.put("locations", List.of(location));
    return result;
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case INFO -> "note";
    };
  }

  private static String uri(String path) {
    String slashes = path.replace('\\', '/');
    try {
      String scheme = slashes.startsWith("/") ? "file" : null;
      String host = slashes.startsWith("/") ? "" : null;
      String body = scheme == null && slashes.contains(":") ? "./" + slashes : slashes;
      return new URI(scheme, host, body, null).toASCIIString();
    } catch (URISyntaxException e) {
      return "unknown";
    }
  }
}
