using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Penstock.Contracts;

/// <summary>
/// Writes a record beside the output first, so that one that is too long leaves nothing behind.
/// Writer and scratch are kept per thread: a record costs no allocation.
/// </summary>
internal static class RecordWriter
{
    private const int KeepBytes = 64 * 1024;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    public static string? Write<T>(T record, Action<Utf8JsonWriter, T> form, string what, int limit, IBufferWriter<byte> output)
    {
        var scratch = _scratch ??= new(RecordCodec.MaxReadingBytes);
        var json = _json ??= new(scratch, Options);
        scratch.ResetWrittenCount();
        json.Reset(scratch);
        try
        {
            form(json, record);
            json.Flush();
            if (scratch.WrittenCount > limit)
                return $"{what} has at most {limit} bytes, this one has {scratch.WrittenCount}; shorten its texts";

            output.Write(scratch.WrittenSpan);
            return null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return $"{what} cannot be written: {e.Message}";
        }
        finally
        {
            if (scratch.Capacity > KeepBytes)
                _scratch = null;
        }
    }
}
