/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.trace.TaskSpan;
import dev.arbiter.trace.TaskSpan.Point;
import dev.arbiter.trace.TaskSpans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.function.Consumer;

/** Hands spans of tasks to OpenTelemetry: all that a bridge needs. */
final class OtelBridge implements IdGenerator, Consumer<TaskSpan> {
  private static final ThreadLocal<TaskSpan> NEXT = new ThreadLocal<>();

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  OtelBridge(SpanExporter exporter) {
    provider =
        SdkTracerProvider.builder()
            .setIdGenerator(this)
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
    tracer =
        provider
            .tracerBuilder("dev.arbiter")
            .setInstrumentationVersion(TaskSpans.CONVENTIONS)
            .build();
  }

  @Override
  public String generateTraceId() {
    return NEXT.get().traceId();
  }

  @Override
  public String generateSpanId() {
    return NEXT.get().spanId();
  }

  @Override
  public void accept(TaskSpan described) {
    NEXT.set(described);
    SpanBuilder builder =
        tracer.spanBuilder(described.name()).setNoParent().setStartTimestamp(described.start());
    if (!described.parentId().isEmpty()) {
      SpanContext parent =
          SpanContext.create(
              described.traceId(),
              described.parentId(),
              TraceFlags.getSampled(),
              TraceState.getDefault());
      builder.setParent(Context.root().with(Span.wrap(parent)));
    }
    described.attributes().forEach((name, value) -> set(builder, name, value));
    Span span = builder.startSpan();
    NEXT.remove();
    for (Point point : described.points()) {
      span.addEvent(point.name(), point.at());
    }
    described.error().ifPresent(why -> span.setStatus(StatusCode.ERROR, why));
    span.end(described.end());
  }

  private static void set(SpanBuilder builder, String name, Object value) {
    if (value instanceof Long number) {
      builder.setAttribute(AttributeKey.longKey(name), number);
    } else if (value instanceof Double number) {
      builder.setAttribute(AttributeKey.doubleKey(name), number);
    } else if (value instanceof Boolean flag) {
      builder.setAttribute(AttributeKey.booleanKey(name), flag);
    } else {
      builder.setAttribute(name, value.toString());
    }
  }
}
