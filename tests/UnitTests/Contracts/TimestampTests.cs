using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Contracts;

public sealed class TimestampTests
{
    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000000Z")]
    [InlineData("2026-01-31t12:00:00.1z", "2026-01-31T12:00:00.100000Z")]
    [InlineData("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123456Z")]
    [InlineData("2026-01-31T12:00:00.999999999999Z", "2026-01-31T12:00:00.999999Z")]
    [InlineData("2026-01-31T13:30:00.5+01:30", "2026-01-31T12:00:00.500000Z")]
    [InlineData("2026-01-30T20:00:00-16:00", "2026-01-31T12:00:00.000000Z")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z")]
    public void A_date_time_of_rfc_3339_is_read_with_its_microseconds(string text, string expected)
    {
        Assert.True(Timestamp.TryParse(text, out var moment));
        Assert.Equal(expected, moment.ToString());
        Assert.True(Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var same));
        Assert.Equal(moment, same);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31T12:00:00.Z")]
    [InlineData("2026-01-31T12:00:00.1234567")]
    [InlineData("2026-01-31T12:00:00Z ")]
    [InlineData(" 2026-01-31T12:00:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2025-02-29T12:00:00Z")]
    [InlineData("2026-13-01T12:00:00Z")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-01-31T12:60:00Z")]
    [InlineData("2026-06-30T23:59:60Z")]
    [InlineData("2026-01-31T12:00:00+0100")]
    [InlineData("2026-01-31T12:00:00+24:00")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("٢٠٢٦-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00.00000000000000000000000000000000000000000000000000Z")]
    public void What_is_no_date_time_of_rfc_3339_is_refused(string text)
    {
        Assert.False(Timestamp.TryParse(text, out _));
        Assert.False(Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Every_moment_is_written_as_the_runtime_writes_it_and_read_back()
    {
        var ticks = Gen.Choose(0, int.MaxValue).Two()
            .Select(halves => (((long)halves.Item1 << 31) | (uint)halves.Item2) % (DateTime.MaxValue.Ticks + 1));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithQuietOnSuccess(true), Prop.ForAll(ticks.ToArbitrary(), each =>
        {
            var moment = Timestamp.From(new DateTimeOffset(each, TimeSpan.Zero));
            Span<byte> utf8 = stackalloc byte[27];

            Assert.True(moment.TryFormat(utf8, out var written));
            Assert.Equal(new DateTime(each).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(utf8[..written]));
            Assert.Equal(moment, Timestamp.Parse(moment.ToString()));
        }));
    }

    [Fact]
    public void A_moment_outside_the_years_1_to_9999_is_not_valid_and_not_written()
    {
        Assert.False(new Timestamp(long.MinValue).IsValid);
        Assert.False(new Timestamp(long.MaxValue).TryFormat(new byte[40], out _));
        Assert.False(new Timestamp(0).TryFormat(new byte[26], out _));
    }
}
