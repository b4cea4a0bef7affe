using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>
/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 with six decimals.
/// Range: years 0001 to 9999.
/// </summary>
[JsonConverter(typeof(TimestampConverter))]
public readonly record struct Timestamp(long Microseconds) : IComparable<Timestamp>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;
    private static readonly long MinMicroseconds = (DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;
    private static readonly long MaxMicroseconds = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;

    /// <summary>Truncates to the microsecond.</summary>
    public static Timestamp From(DateTimeOffset moment) =>
        new((moment.UtcTicks / TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TicksPerMicrosecond));

    /// <summary>The clock's present moment.</summary>
    public static Timestamp Now(TimeProvider clock) => From(clock.GetUtcNow());

    /// <summary>Reads RFC 3339 section 5.6 (any offset; digits beyond the microsecond are cut off; no leap second).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Timestamp value)
    {
        Span<byte> utf8 = stackalloc byte[TimestampText.Longest];
        value = default;
        return text.Length <= utf8.Length
            && Ascii.FromUtf16(text, utf8, out var written) == OperationStatus.Done
            && TimestampText.TryParse(utf8[..written], out value);
    }

    /// <summary>The same from UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Timestamp value) => TimestampText.TryParse(utf8, out value);

    /// <exception cref="FormatException">The text is not RFC 3339.</exception>
    public static Timestamp Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not an RFC 3339 date-time such as 2026-01-31T12:00:00.000000Z");

    /// <summary>False for a number of microseconds outside the years 0001 to 9999.</summary>
    public bool IsValid => Microseconds >= MinMicroseconds && Microseconds <= MaxMicroseconds;

    /// <summary>The same moment as a <see cref="DateTimeOffset"/> in UTC.</summary>
    public DateTimeOffset ToDateTimeOffset() => new(DateTime.UnixEpoch.Ticks + (Microseconds * TicksPerMicrosecond), TimeSpan.Zero);

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Microseconds.CompareTo(other.Microseconds);

    /// <inheritdoc/>
    public override string ToString() => ToDateTimeOffset().UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Writes the RFC 3339 form as UTF-8; needs 27 bytes. False outside the range, or when the room is too small.</summary>
    public bool TryFormat(Span<byte> utf8, out int written)
    {
        written = 0;
        return IsValid && TimestampText.TryFormat(ToDateTimeOffset().UtcDateTime, utf8, out written);
    }

    public static Timestamp operator +(Timestamp moment, TimeSpan span) => new(moment.Microseconds + (span.Ticks / TicksPerMicrosecond));

    public static Timestamp operator -(Timestamp moment, TimeSpan span) => new(moment.Microseconds - (span.Ticks / TicksPerMicrosecond));

    public static TimeSpan operator -(Timestamp later, Timestamp earlier) => new((later.Microseconds - earlier.Microseconds) * TicksPerMicrosecond);

    public static bool operator <(Timestamp left, Timestamp right) => left.Microseconds < right.Microseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Microseconds > right.Microseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Microseconds <= right.Microseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Microseconds >= right.Microseconds;
}
