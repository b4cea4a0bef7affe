using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Contracts;

/// <summary>Whatever goes in comes out again; whatever comes in never throws.</summary>
public sealed class RecordProperties
{
    private static readonly Gen<long> Any64Bits =
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((long)high << 32) | (uint)low;

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5_000).WithQuietOnSuccess(true);

    private static readonly Gen<string> Name =
        Gen.NonEmptyListOf(Gen.Elements("abcdefghijklmnopqrstuvwxyz0123456789-_.".ToCharArray())).Select(chars => new string([.. chars.Take(Names.MaxLength)]));

    private static readonly Gen<double> Number = Gen.OneOf(
        Gen.Elements(0.0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 2.2250738585072009e-308, 1e308, 9007199254740993d, 0.1, 1d / 3),
        Any64Bits.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite));

    private static readonly Gen<string> AnyText = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Where(text => text is not null).Select(Whole),
        Gen.Elements("", "\"", "\\", "\0\u001f\u007f", "\u2028\u2029", "läuft", "日本語", "🚰👷🏽‍♀️", "<script>&'", "\uFFFD\uFEFF", new string('ä', 100)));

    private static readonly Gen<long> Positive =
        Gen.OneOf(Gen.Elements(1L, (1L << 53) + 1, long.MaxValue), Any64Bits.Select(number => (number & long.MaxValue) | 1));

    private static readonly Gen<Timestamp> Moment = Any64Bits
        .Select(number => new Timestamp(MinMicroseconds + (long)((ulong)number % (ulong)(MaxMicroseconds - MinMicroseconds + 1))));

    private static readonly Gen<Reading> AnyReading =
        from names in Name.Four()
        from epoch in Name
        from moment in Moment
        from number in Gen.OneOf(Number.Select(number => (double?)number), Gen.Constant<double?>(null))
        from texts in AnyText.OrNull().Three()
        from quality in Gen.Elements(Enum.GetValues<Quality>())
        from clock in Gen.Elements(Enum.GetValues<ClockState>())
        from kind in Gen.Elements(Kinds.All.ToArray())
        from seq in Positive
        from late in Gen.Elements(true, false)
        select new Reading
        {
            Site = names.Item1,
            Device = names.Item2,
            Tag = names.Item3,
            Kind = kind,
            Ts = moment,
            Value = number,
            Text = texts.Item1,
            Unit = texts.Item2,
            Q = quality,
            Why = quality == Quality.Good ? texts.Item3 : "because " + texts.Item3,
            Clock = clock,
            Agent = names.Item4,
            Epoch = epoch,
            Seq = seq,
            Late = late,
        };

    private static long MinMicroseconds => Timestamp.Parse("0001-01-01T00:00:00Z").Microseconds;

    private static long MaxMicroseconds => Timestamp.Parse("9999-12-31T23:59:59.999999Z").Microseconds;

    [Fact]
    public void A_reading_comes_back_as_it_was_or_is_refused_for_its_length()
    {
        Check.One(Many, Prop.ForAll(AnyReading.ToArbitrary(), reading =>
        {
            var json = Samples.Encode(reading);
            if (json.StartsWith("refused: ", StringComparison.Ordinal))
            {
                Assert.Contains("at most 1024 bytes", json, StringComparison.Ordinal);
                return;
            }

            var (back, reason) = Samples.Decode("reading", json);
            Assert.Null(reason);
            Assert.Equal(reading, back);
            Assert.Equal(Bits(reading.Value), Bits(((Reading)back!).Value));
            Assert.DoesNotContain('\n', json);
            Assert.Equal(json, Samples.Encode(back));
        }));
    }

    [Fact]
    public void An_event_and_a_tag_info_come_back_with_their_texts()
    {
        Check.One(Many, Prop.ForAll(AnyText.Zip(Number).ToArbitrary(), pair =>
        {
            var (text, number) = pair;
            var item = (Event)Samples.Decode("event", Samples.Encode(Samples.GapEvent with { Message = text })).Record!;
            var tag = (TagInfo)Samples.Decode("tag-info", Samples.Encode(Samples.Tag with { Place = text, ValidLow = number })).Record!;

            Assert.Equal(text, item.Message);
            Assert.Equal(text, tag.Place);
            Assert.Equal(Bits(number), Bits(tag.ValidLow));
        }));
    }

    [Fact]
    public void A_text_that_is_no_valid_utf_16_is_written_with_replacement_characters()
    {
        var json = Samples.Encode(Samples.Plain with { Text = "a\ud83d!" });

        Assert.Equal("a\uFFFD!", ((Reading)Samples.Decode("reading", json).Record!).Text);
    }

    [Fact]
    public void Arbitrary_bytes_never_throw()
    {
        Check.One(Many, Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), bytes =>
        {
            foreach (var kind in Schemas.Kinds)
                Assert.NotNull(Samples.Decode(kind, bytes).Reason);
            Assert.False(RecordCodec.IsEvent(bytes));
        }));
    }

    [Fact]
    public void A_record_with_bytes_changed_never_throws_and_never_breaks_the_rules()
    {
        string[] goldens = [Samples.FullJson, Samples.GapEventJson, Samples.TagJson, Samples.BeatJson];
        var changes = Gen.Choose(0, 4_000).Zip(Gen.Choose(0, 255)).NonEmptyListOf();
        Check.One(Many, Prop.ForAll(changes.ToArbitrary(), list =>
        {
            for (var i = 0; i < goldens.Length; i++)
            {
                var bytes = Encoding.UTF8.GetBytes(goldens[i]);
                foreach (var (at, value) in list)
                    bytes[at % bytes.Length] = (byte)value;

                var (record, reason) = Samples.Decode(Schemas.Kinds[i], bytes);

                if (reason is null)
                    Assert.DoesNotContain("refused", Samples.Encode(record!)[..8], StringComparison.Ordinal);
            }
        }));
    }

    private static long? Bits(double? number) => number is { } value ? BitConverter.DoubleToInt64Bits(value) : null;

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
