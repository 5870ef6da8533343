package io.wherry.internal.store;

import io.wherry.spi.Channel;
import io.wherry.spi.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * How far one stream was read.
 *
 * @param attempt number of the attempt
 * @param restart restart number of the engine
 * @param rank rank of the process
 * @param channel which of its streams
 * @param cursor where to read on
 * @param readerState what the reader of the stream has to remember, null if nothing
 * @param copied bytes that were copied so far
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record CursorRow(
    int attempt,
    int restart,
    int rank,
    Channel channel,
    Cursor cursor,
    byte @Nullable [] readerState,
    long copied) {}
