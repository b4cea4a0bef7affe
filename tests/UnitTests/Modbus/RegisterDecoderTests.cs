using System.Globalization;
using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class RegisterDecoderTests
{
    /// <summary>Type, word order, byte order, words as they lie in the registers, what comes out.</summary>
    public static TheoryData<RegisterType, PartOrder, PartOrder, string, string> Golden => new()
    {
        { RegisterType.UInt16, PartOrder.HighFirst, PartOrder.HighFirst, "1234", "4660" },
        { RegisterType.UInt16, PartOrder.HighFirst, PartOrder.LowFirst, "1234", "13330" },
        { RegisterType.Int16, PartOrder.HighFirst, PartOrder.HighFirst, "FFFE", "-2" },
        { RegisterType.Int32, PartOrder.HighFirst, PartOrder.HighFirst, "0001 0002", "65538" },
        { RegisterType.Int32, PartOrder.LowFirst, PartOrder.HighFirst, "0001 0002", "131073" },
        { RegisterType.Int32, PartOrder.HighFirst, PartOrder.LowFirst, "0001 0002", "16777728" },
        { RegisterType.Int32, PartOrder.LowFirst, PartOrder.LowFirst, "0001 0002", "33554688" },
        { RegisterType.Int32, PartOrder.HighFirst, PartOrder.HighFirst, "FFFF FFFF", "-1" },
        { RegisterType.UInt32, PartOrder.HighFirst, PartOrder.HighFirst, "FFFF FFFF", "4294967295" },
        { RegisterType.Int64, PartOrder.HighFirst, PartOrder.HighFirst, "FFFF FFFF FFFF FFFE", "-2" },
        { RegisterType.Int64, PartOrder.LowFirst, PartOrder.HighFirst, "0002 0000 0000 0000", "2" },
        { RegisterType.UInt64, PartOrder.HighFirst, PartOrder.HighFirst, "0020 0000 0000 0001", "9007199254740993" },
        { RegisterType.UInt64, PartOrder.HighFirst, PartOrder.HighFirst, "FFFF FFFF FFFF FFFF", "18446744073709551615" },
        { RegisterType.Int64, PartOrder.HighFirst, PartOrder.HighFirst, "8000 0000 0000 0000", "-9223372036854775808" },
        { RegisterType.Float32, PartOrder.HighFirst, PartOrder.HighFirst, "43E6 8000", "461" },
        { RegisterType.Float32, PartOrder.LowFirst, PartOrder.HighFirst, "8000 43E6", "461" },
        { RegisterType.Float32, PartOrder.HighFirst, PartOrder.LowFirst, "E643 0080", "461" },
        { RegisterType.Float32, PartOrder.LowFirst, PartOrder.LowFirst, "0080 E643", "461" },
        { RegisterType.Float32, PartOrder.HighFirst, PartOrder.HighFirst, "4366 199A", "230.1" },
        { RegisterType.Float64, PartOrder.HighFirst, PartOrder.HighFirst, "406C C333 3333 3333", "230.1" },
        { RegisterType.Bits16, PartOrder.HighFirst, PartOrder.HighFirst, "8001", "32769" },
        { RegisterType.Bits32, PartOrder.HighFirst, PartOrder.HighFirst, "8000 0001", "2147483649" },
        { RegisterType.Bcd16, PartOrder.HighFirst, PartOrder.HighFirst, "1234", "1234" },
        { RegisterType.Bcd32, PartOrder.HighFirst, PartOrder.HighFirst, "1234 5678", "12345678" },
        { RegisterType.Bcd32, PartOrder.LowFirst, PartOrder.HighFirst, "5678 1234", "12345678" },
        { RegisterType.Text, PartOrder.HighFirst, PartOrder.HighFirst, "4B58 2D32 3420 2000", "KX-24" },
        { RegisterType.Text, PartOrder.HighFirst, PartOrder.LowFirst, "584B 322D 0034", "KX-24" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Registers_decode_to_the_golden_value(RegisterType type, PartOrder wordOrder, PartOrder byteOrder, string words, string expected)
    {
        var definition = Registers.Value("t", 0, type) with { WordOrder = wordOrder, ByteOrder = byteOrder };

        var decoded = RegisterDecoder.Decode(definition, Parse(words));

        Assert.Equal((Quality.Good, null), (decoded.Quality, decoded.Why));
        Assert.Equal(expected, decoded.Text ?? decoded.Value.Text ?? decoded.Value.Number!.Value.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(2301, 0.1, 0, "230.1")]
    [InlineData(3, 0.1, 0, "0.3")]
    [InlineData(-17, 0.01, 0, "-0.17")]
    [InlineData(7, 0.002, 0, "0.014")]
    [InlineData(3, 0.25, 0, "0.75")]
    [InlineData(2301, 0.1, -40, "190.1")]
    [InlineData(2301, 0.1, 0.2, "230.3")]
    [InlineData(12, 1000, 5, "12005")]
    [InlineData(3, 0.0001220703125, 0, "0.0003662109375")]
    public void Scaling_gives_the_decimals_that_people_expect(short raw, double scale, double offset, string expected)
    {
        var definition = Registers.Value("t", 0, RegisterType.Int16) with { Scale = scale, Offset = offset };

        var decoded = RegisterDecoder.Decode(definition, [(ushort)raw]);

        Assert.Equal(expected, decoded.Value.Number!.Value.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(2301, -1, 230.1)]
    [InlineData(2301, 3, 2301000)]
    [InlineData(-5, 0, -5)]
    public void An_exponent_scales_by_its_power_of_ten(short raw, int exponent, double expected)
    {
        var definition = Registers.Value("t", 0, RegisterType.Int16) with { ScaleFrom = "exponent" };

        var decoded = RegisterDecoder.Decode(definition, [(ushort)raw], exponent);

        Assert.Equal(expected, decoded.Value.Number);
    }

    [Fact]
    public void A_sentinel_is_bad_with_its_meaning_and_no_number()
    {
        var definition = Registers.Value("t", 0, RegisterType.Int32) with
        {
            WordOrder = PartOrder.LowFirst,
            Sentinels = new Dictionary<ulong, string> { [0x80000000] = "not available" },
        };

        var decoded = RegisterDecoder.Decode(definition, [0x0000, 0x8000]);

        Assert.Equal(new DecodedValue(default, null, Quality.Bad, "not available"), decoded);
    }

    [Fact]
    public void Outside_the_valid_range_is_bad_without_a_number()
    {
        var definition = Registers.Value("t", 0, RegisterType.Int16) with { Scale = 0.1, Valid = new(-40, 120) };

        var decoded = RegisterDecoder.Decode(definition, [32767]);

        Assert.Equal((null, Quality.Bad, "3276.7 is outside the valid range -40 to 120"), (decoded.Value.Number, decoded.Quality, decoded.Why));
    }

    [Fact]
    public void Outside_the_valid_range_is_uncertain_with_its_number_when_the_profile_says_so()
    {
        var definition = Registers.Value("t", 0, RegisterType.Int16) with { Valid = new(0, 100), OutsideIsUncertain = true };

        var decoded = RegisterDecoder.Decode(definition, [101]);

        Assert.Equal((101.0, Quality.Uncertain, "101 is outside the valid range 0 to 100"), (decoded.Value.Number, decoded.Quality, decoded.Why));
    }

    [Fact]
    public void A_label_goes_with_its_number()
    {
        var decoded = RegisterDecoder.Decode(Labelled, [2]);

        Assert.Equal((2.0, "running", Quality.Good), (decoded.Value.Number, decoded.Text, decoded.Quality));
    }

    [Fact]
    public void A_number_without_label_is_kept_and_uncertain()
    {
        var decoded = RegisterDecoder.Decode(Labelled, [5]);

        Assert.Equal((5.0, null, Quality.Uncertain, "no label for 5"), (decoded.Value.Number, decoded.Text, decoded.Quality, decoded.Why));
    }

    [Theory]
    [InlineData("7FC0 0000", "not a number")]
    [InlineData("7F80 0000", "infinite")]
    [InlineData("FF80 0000", "infinite")]
    public void A_float_that_is_no_number_is_bad(string words, string why)
    {
        var decoded = RegisterDecoder.Decode(Registers.Value("t", 0, RegisterType.Float32), Parse(words));

        Assert.Equal((null, Quality.Bad, why), (decoded.Value.Number, decoded.Quality, decoded.Why));
    }

    [Fact]
    public void A_nibble_above_nine_is_no_bcd()
    {
        var decoded = RegisterDecoder.Decode(Registers.Value("t", 0, RegisterType.Bcd16), [0x12A4]);

        Assert.Equal((Quality.Bad, "0x12A4 is not binary coded decimal"), (decoded.Quality, decoded.Why));
    }

    [Theory]
    [InlineData(PartOrder.HighFirst, RegisterType.UInt8, 0x80)]
    [InlineData(PartOrder.LowFirst, RegisterType.UInt8, 0x7F)]
    [InlineData(PartOrder.HighFirst, RegisterType.Int8, -128)]
    public void A_byte_is_one_half_of_its_register(PartOrder half, RegisterType type, double expected)
    {
        var decoded = RegisterDecoder.Decode(Registers.Value("t", 0, type) with { Half = half }, [0x807F]);

        Assert.Equal(expected, decoded.Value.Number);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(15, 1)]
    public void A_bit_is_counted_from_the_least_significant(int bit, double expected)
    {
        var decoded = RegisterDecoder.Decode(Registers.Value("t", 0, RegisterType.Bool) with { Bit = bit }, [0x8001]);

        Assert.Equal(expected, decoded.Value.Number);
    }

    [Fact]
    public void Named_words_are_highest_first_whatever_the_word_order()
    {
        var definition = Registers.Value("t", 0, RegisterType.UInt32) with
        {
            Addresses = [300, 302],
            WordsNamed = true,
            WordOrder = PartOrder.LowFirst,
        };

        var decoded = RegisterDecoder.Decode(definition, [1, 2]);

        Assert.Equal(65538, decoded.Value.Number);
    }

    [Fact]
    public void Control_characters_of_a_text_are_shown_as_question_marks()
    {
        var decoded = RegisterDecoder.Decode(Registers.Value("t", 0, RegisterType.Text), [0x4107]);

        Assert.Equal("A?", decoded.Text);
    }

    private static RegisterDefinition Labelled => Registers.Word("t", 0) with
    {
        Labels = new Dictionary<long, string> { [0] = "off", [2] = "running" },
    };

    internal static ushort[] Parse(string words) =>
        [.. words.Split(' ').Select(w => ushort.Parse(w, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
}
