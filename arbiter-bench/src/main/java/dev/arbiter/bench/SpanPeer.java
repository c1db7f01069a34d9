/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Captures a task as a span with twelve attributes. */
final class SpanPeer {
  private static final AttributeKey<String> AGENT = AttributeKey.stringKey("agent.id");
  private static final AttributeKey<String> TASK = AttributeKey.stringKey("task.id");
  private static final AttributeKey<String> TYPE = AttributeKey.stringKey("task.type");
  private static final AttributeKey<String> TENANT = AttributeKey.stringKey("tenant");
  private static final AttributeKey<String> POLICY = AttributeKey.stringKey("policy");
  private static final AttributeKey<Long> INPUT = AttributeKey.longKey("tokens.in");
  private static final AttributeKey<Long> OUTPUT = AttributeKey.longKey("tokens.out");
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("attempt");
  private static final AttributeKey<Long> WAITED = AttributeKey.longKey("queue.ns");
  private static final AttributeKey<Double> QUALITY = AttributeKey.doubleKey("quality");
  private static final AttributeKey<Double> COST = AttributeKey.doubleKey("cost");
  private static final AttributeKey<Boolean> SUCCESS = AttributeKey.booleanKey("success");

  private final LongAdder ended = new LongAdder();
  private final Counting exporter = new Counting();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder()
          .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
          .build();
  private final Tracer tracer = provider.get("bench");

  void startAndEnd(String agent) {
    Span span = tracer.spanBuilder("task").startSpan();
    span.setAttribute(AGENT, agent)
        .setAttribute(TASK, "T-123456")
        .setAttribute(TYPE, "refactor")
        .setAttribute(TENANT, "default")
        .setAttribute(POLICY, "ucb1")
        .setAttribute(INPUT, 1_200L)
        .setAttribute(OUTPUT, 400L)
        .setAttribute(ATTEMPT, 1L)
        .setAttribute(WAITED, 1_234L)
        .setAttribute(QUALITY, 0.9)
        .setAttribute(COST, 0.01)
        .setAttribute(SUCCESS, true);
    span.end();
    ended.increment();
  }

  /** {@return the ended and the lost spans, as text} */
  String close() {
    provider.forceFlush().join(5, TimeUnit.SECONDS);
    provider.close();
    long all = ended.sum();
    long lost = all - exporter.exported.get();
    return String.format("spans: ended=%d dropped=%d (%.1f %%)", all, lost, 100.0 * lost / all);
  }

  private static final class Counting implements SpanExporter {
    final AtomicLong exported = new AtomicLong();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      exported.addAndGet(spans.size());
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
