package io.wherry;

import io.wherry.internal.control.RunRecord;
import java.util.Map;

/** A run as HTML for notebooks: self-contained, escaped, no scripts. */
final class RunHtml {
  private RunHtml() {}

  static String of(RunRecord run, Map<String, Double> metrics) {
    StringBuilder html = new StringBuilder("<table>");
    row(html, "run", run.id());
    row(html, "state", run.state() + (run.reason().isEmpty() ? "" : ": " + run.reason()));
    row(html, "target", run.spec().target());
    row(html, "submitted", run.submitted().toString());
    row(html, "attempts", Integer.toString(run.attempts().size()));
    run.spec().params().forEach((name, value) -> row(html, name, value));
    metrics.forEach((name, value) -> row(html, name, value.toString()));
    return html.append("</table>").toString();
  }

  private static void row(StringBuilder html, String name, String value) {
    html.append("<tr><th style=\"text-align:left\">")
        .append(escaped(name))
        .append("</th><td style=\"text-align:left\">")
        .append(escaped(value))
        .append("</td></tr>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
