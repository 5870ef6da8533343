package io.wherry.internal.store;

import io.wherry.spec.WherryException;

/** A search that cannot be read. The message shows the place. */
public final class SearchSyntaxException extends WherryException {
  private static final long serialVersionUID = 1L;

  private final int position;

  SearchSyntaxException(String text, int position, String expected, String nextStep) {
    super(Code.INVALID_QUERY, message(text, position, expected, nextStep));
    this.position = position;
  }

  /**
   * Index of the character where it goes wrong; the length of the text if something is missing at
   * its end.
   */
  public int position() {
    return position;
  }

  private static String message(String text, int position, String expected, String nextStep) {
    int start = text.lastIndexOf('\n', position - 1) + 1;
    int end = text.indexOf('\n', position);
    String line = text.substring(start, end < 0 ? text.length() : end);
    String indent = line.substring(0, position - start).replaceAll("[^\t]", " ");
    return "cannot read the search at character "
        + (position + 1)
        + ": expected "
        + expected
        + "\n  "
        + line
        + "\n  "
        + indent
        + "^\n-> "
        + nextStep;
  }
}
