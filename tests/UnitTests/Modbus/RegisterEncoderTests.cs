using FsCheck;
using FsCheck.Fluent;
using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class RegisterEncoderTests
{
    private static readonly RegisterType[] Numbers = [.. Enum.GetValues<RegisterType>().Where(t => t != RegisterType.Text)];
    private static readonly PartOrder[] Orders = Enum.GetValues<PartOrder>();
    private static readonly double[] Scales = [1, 0.1, 0.01, 0.25, 10, 1.7, -1];

    private static readonly Arbitrary<RegisterDefinition> Definitions = (
        from type in Gen.Elements(Numbers)
        from words in Gen.Elements(Orders)
        from bytes in Gen.Elements(Orders)
        from half in Gen.Elements(Orders)
        from bit in Gen.Choose(0, 15)
        select Registers.Value("t", 0, type) with { WordOrder = words, ByteOrder = bytes, Half = half, Bit = type == RegisterType.Bool ? bit : null })
        .ToArbitrary();

    private static readonly Arbitrary<ushort[]> FourWords = Gen.Choose(0, 65_535).Select(w => (ushort)w).ArrayOf(4).ToArbitrary();

    [Fact]
    public void What_was_decoded_encodes_to_the_same_words()
    {
        Prop.ForAll(Definitions, FourWords, (definition, four) =>
        {
            var words = four[..definition.Addresses.Count];
            var decoded = RegisterDecoder.Decode(definition, words);
            if (decoded.Value.Number is not { } number || decoded.Value.Text is not null)
                return true;
            var again = (ushort[])words.Clone();

            RegisterEncoder.Encode(definition, number, again);

            return again.SequenceEqual(words);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void A_scaled_integer_comes_back_as_the_same_value()
    {
        var types = Gen.Elements(RegisterType.Int16, RegisterType.UInt16, RegisterType.Int32, RegisterType.UInt32, RegisterType.Bcd32);
        var cases =
            from type in types
            from scale in Gen.Elements(Scales)
            from offset in Gen.Elements(0, -40, 0.5)
            from raw in Gen.Choose(0, 32_767)
            select (Registers.Value("t", 0, type) with { Scale = scale, Offset = offset }, raw);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var value = Scaling.Apply(c.raw, c.Item1.Scale, c.Item1.Offset);

            var decoded = RegisterDecoder.Decode(c.Item1, RegisterEncoder.Encode(c.Item1, value));

            return decoded.Value.Number == value;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Sixty_four_bits_are_exact_in_both_directions()
    {
        Prop.ForAll<ulong>(raw =>
        {
            var definition = Registers.Value("t", 0, RegisterType.UInt64) with { WordOrder = PartOrder.LowFirst };
            var words = new ushort[4];

            RegisterEncoder.EncodeRaw(definition, raw, words);
            var decoded = RegisterDecoder.Decode(definition, words);

            return decoded.Value == RecordValue.From(raw);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_words_decode_to_a_value_or_to_a_reason()
    {
        Prop.ForAll<RegisterType, ushort[]>((type, words) =>
        {
            var decoded = RegisterDecoder.Decode(Registers.Value("t", 0, type) with { Scale = 0.1, Valid = new(0, 100) }, words);

            return decoded.Quality == Quality.Good
                ? decoded.Text is not null || decoded.Value.Number is >= 0 and <= 100
                : !string.IsNullOrEmpty(decoded.Why) && decoded.Value.Number is null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData(RegisterType.Int16, 1e9, "7FFF")]
    [InlineData(RegisterType.Int16, -1e9, "8000")]
    [InlineData(RegisterType.UInt16, -1, "0000")]
    [InlineData(RegisterType.UInt32, 1e12, "FFFF FFFF")]
    [InlineData(RegisterType.Bcd16, 12345, "9999")]
    [InlineData(RegisterType.UInt64, 1e30, "FFFF FFFF FFFF FFFF")]
    [InlineData(RegisterType.Int64, -1e30, "8000 0000 0000 0000")]
    [InlineData(RegisterType.UInt16, double.NaN, "0000")]
    public void A_number_beyond_the_type_becomes_the_nearest_it_can_hold(RegisterType type, double value, string words)
    {
        var encoded = RegisterEncoder.Encode(Registers.Value("t", 0, type), value);

        Assert.Equal(RegisterDecoderTests.Parse(words), encoded);
    }

    [Fact]
    public void A_bit_and_a_byte_leave_the_rest_of_their_word_alone()
    {
        ushort[] word = [0xABCD];

        RegisterEncoder.Encode(Registers.Value("bit", 0, RegisterType.Bool) with { Bit = 0 }, 0, word);
        RegisterEncoder.Encode(Registers.Value("byte", 0, RegisterType.UInt8) with { Half = PartOrder.HighFirst }, 0x12, word);

        Assert.Equal([0x12CC], word);
    }

    [Fact]
    public void A_text_is_padded_and_comes_back()
    {
        var definition = Registers.Value("t", 0, RegisterType.Text) with { Addresses = [0, 1, 2, 3] };
        var words = new ushort[4];

        RegisterEncoder.EncodeText(definition, "KX-24", words);

        Assert.Equal([0x4B58, 0x2D32, 0x3400, 0], words);
        Assert.Equal("KX-24", RegisterDecoder.Decode(definition, words).Text);
    }
}
