/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.base.ParserBase;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.arbiter.internal.Library;
import dev.arbiter.internal.Sanitizer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one YAML or JSON text as a tree, and nothing that could mean two things.
 *
 * <p>Refused: more than 256 KiB, more than 32 levels, more than one document, a key twice, an
 * alias, a tag, a merge key, a key that is no scalar. A plain scalar is a number, a boolean or null
 * only as JSON writes it (or YAML 1.2's {@code True}, {@code TRUE}, {@code ~}); {@code yes}, {@code
 * 010}, {@code 1:30} and {@code 0x10} are text.
 */
public final class Document {
  /*
   * Neither library builds the tree: both deliver events, one at a time, and TreeBuilder keeps its
   * own stack. The engine's composer recurses and overflows on 20,000 '[', its event parser does
   * not, and stops here at level 33.
   */
  public static final int MOST_BYTES = 256 * 1024;
  static final int DEEPEST = 32;

  private static final int LONGEST_NUMBER = 64;

  /*
   * The engine copies all it looks ahead each time its buffer is full, and it looks ahead to the end
   * of a comment or a scalar: with its buffer of 1,024 a comment of 250,000 characters took 124 MB.
   */
  private static final int SHORT = 8 * 1024;
  private static final LoadSettings YAML = yaml(1024);

  private static LoadSettings yaml(int buffer) {
    return LoadSettings.builder()
        .setLabel("document")
        .setCodePointLimit(MOST_BYTES)
        .setBufferSize(buffer)
        .build();
  }

  /*
   * Loaded when the first JSON comes: most documents are YAML, and a short run reads only those. All
   * of Jackson is in here, so that its version is looked at before any of its classes is loaded.
   */
  private static final class Json {
    private static final JsonFactory FACTORY =
        new JsonFactoryBuilder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST + 8)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxNameLength(MOST_BYTES)
                    .maxStringLength(MOST_BYTES)
                    .build())
            .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .build();

    static @Nullable Node read(String text) throws Unreadable {
      TreeBuilder tree = new TreeBuilder();
      try (JsonParser parser = FACTORY.createParser(text)) {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (tree.isComplete()) {
            return null; // text after the value: not JSON
          }
          add(tree, token, parser);
        }
        return tree.isComplete() ? tree.root() : null;
      } catch (StreamConstraintsException e) {
        throw new Unreadable("too_long", "holds a number or a text that is too long; shorten it");
      } catch (IOException e) {
        return null;
      }
    }

    private static void add(TreeBuilder tree, JsonToken token, JsonParser parser)
        throws IOException, Unreadable {
      int line = line(parser);
      switch (token) {
        case START_OBJECT -> tree.openObject(line);
        case START_ARRAY -> tree.openList(line);
        case END_OBJECT, END_ARRAY -> tree.close();
        case FIELD_NAME, VALUE_STRING -> tree.scalar(parser.getText(), false, line);
        default -> tree.scalar(parser.getText(), true, line);
      }
    }

    /* A location object for every token would cost a third of the reading. */
    private static int line(JsonParser parser) {
      return parser instanceof ParserBase base
          ? base.getTokenLineNr()
          : parser.currentTokenLocation().getLineNr();
    }
  }

  private Document() {}

  /** Reads a text whose root must be an object. */
  public static Node.Fields object(String text) throws Unreadable {
    Node root = read(text);
    if (root instanceof Node.Fields fields) {
      return fields;
    }
    if (root instanceof Node.Nothing) {
      throw Unreadable.at(root.line(), "empty_document", "is empty; write the fields it needs");
    }
    throw Unreadable.at(
        root.line(), "not_an_object", "must be an object of named fields, is " + root.kind());
  }

  static Node read(String text) throws Unreadable {
    if (text.length() > MOST_BYTES
        || (text.length() > MOST_BYTES / 3 && bytes(text) > MOST_BYTES)) {
      throw new Unreadable(
          "too_large", "has more than " + MOST_BYTES + " bytes; keep to what the task needs");
    }
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    Node json = looksLikeJson(body) ? readJson(body) : null;
    return json != null ? json : readYaml(body);
  }

  /** Reads strict JSON only, such as a document that this library sealed. */
  public static @Nullable Node json(String text) throws Unreadable {
    return readJson(text);
  }

  private static long bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  private static boolean looksLikeJson(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return c == '{' || c == '[';
      }
    }
    return false;
  }

  /** Null when it is no JSON, and may still be YAML in flow style. */
  private static @Nullable Node readJson(String text) throws Unreadable {
    Library.JACKSON_CORE.require(Document.class);
    return Json.read(text);
  }

  private static Node readYaml(String text) throws Unreadable {
    TreeBuilder tree = new TreeBuilder();
    int documents = 0;
    LoadSettings yaml = text.length() <= SHORT ? YAML : yaml(text.length());
    try {
      ParserImpl events = new ParserImpl(yaml, new StreamReader(yaml, text));
      while (events.hasNext()) {
        Event event = events.next();
        if (event.getEventId() == Event.ID.DocumentStart && ++documents > 1) {
          throw Unreadable.at(
              line(event), "several_documents", "holds more than one document; keep one per file");
        }
        add(tree, event);
      }
    } catch (MarkedYamlEngineException e) {
      throw Unreadable.at(
          e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0),
          "parse_failed",
          "is neither YAML nor JSON: " + Sanitizer.text(String.valueOf(e.getProblem()), 200));
    } catch (RuntimeException e) { // any failure of the library refuses the text
      throw new Unreadable(
          "parse_failed",
          "is neither YAML nor JSON: " + Sanitizer.text(String.valueOf(e.getMessage()), 200));
    }
    if (!tree.isComplete()) {
      throw new Unreadable("empty_document", "is empty; write the fields it needs");
    }
    return tree.root();
  }

  private static void add(TreeBuilder tree, Event event) throws Unreadable {
    int line = line(event);
    if (event instanceof AliasEvent) {
      throw Unreadable.at(line, "alias_forbidden", "uses an alias; write the value out");
    } else if (event instanceof CollectionStartEvent start) {
      refuseTag(start.getTag().isPresent(), line);
      if (event instanceof MappingStartEvent) {
        tree.openObject(line);
      } else {
        tree.openList(line);
      }
    } else if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag().isPresent(), line);
      tree.scalar(scalar.getValue(), scalar.isPlain(), line);
    } else if (event.getEventId() == Event.ID.MappingEnd
        || event.getEventId() == Event.ID.SequenceEnd) {
      tree.close();
    }
  }

  private static void refuseTag(boolean tagged, int line) throws Unreadable {
    if (tagged) {
      throw Unreadable.at(line, "tag_forbidden", "uses a tag such as !!str; write the plain value");
    }
  }

  private static int line(Event event) {
    return event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
  }
}
