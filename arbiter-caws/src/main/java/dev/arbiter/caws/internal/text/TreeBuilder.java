/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.Sanitizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Node} tree from events, with a stack of its own, so that depth costs no stack.
 */
final class TreeBuilder {
  private final ArrayDeque<Open> open = new ArrayDeque<>();
  private @Nullable Node root;

  /** A list or an object that has not ended. */
  private static final class Open {
    final int line;
    final @Nullable List<Node> items;
    final Map<String, Node> fields;
    @Nullable String key;

    Open(int line, boolean list) {
      this.line = line;
      this.items = list ? new ArrayList<>() : null;
      this.fields = list ? Map.of() : new LinkedHashMap<>();
    }

    Node end() {
      return items != null ? new Node.Items(items, line) : new Node.Fields(fields, line);
    }
  }

  boolean isComplete() {
    return root != null;
  }

  Node root() {
    if (root == null) {
      throw new IllegalStateException("the document has not ended");
    }
    return root;
  }

  void openObject(int line) throws Unreadable {
    push(new Open(line, false));
  }

  void openList(int line) throws Unreadable {
    push(new Open(line, true));
  }

  private void push(Open next) throws Unreadable {
    if (awaitsKey()) {
      throw Unreadable.at(next.line, "key_not_scalar", "uses a list or object as a key; use text");
    }
    if (open.size() == Document.DEEPEST) {
      throw Unreadable.at(
          next.line, "too_deep", "is nested more than " + Document.DEEPEST + " levels; flatten it");
    }
    open.push(next);
  }

  void close() throws Unreadable {
    add(open.pop().end());
  }

  void scalar(String text, boolean plain, int line) throws Unreadable {
    if (awaitsKey()) {
      key(text, plain, line);
    } else {
      add(plain ? Scalars.resolve(text, line) : new Node.Text(text, line));
    }
  }

  private boolean awaitsKey() {
    Open top = open.peek();
    return top != null && top.items == null && top.key == null;
  }

  private void key(String text, boolean plain, int line) throws Unreadable {
    Open top = open.getFirst();
    if (plain && text.equals("<<")) {
      throw Unreadable.at(line, "merge_forbidden", "uses a merge key; write the fields out");
    }
    if (top.fields.containsKey(text)) {
      throw Unreadable.at(
          line, "duplicate_key", "has the key '" + Sanitizer.text(text, 60) + "' twice; keep one");
    }
    top.key = text;
  }

  private void add(Node node) throws Unreadable {
    Open top = open.peek();
    if (top == null) {
      if (root != null) {
        throw Unreadable.at(node.line(), "several_documents", "holds more than one value");
      }
      root = node;
    } else if (top.items != null) {
      top.items.add(node);
    } else if (top.key != null) {
      top.fields.put(top.key, node);
      top.key = null;
    }
  }
}
