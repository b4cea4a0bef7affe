using FsCheck;
using FsCheck.Fluent;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class PlausibleReadingTests
{
    [Theory]
    [InlineData("4366 199A", RegisterType.Float32, "ABCD")]
    [InlineData("199A 4366", RegisterType.Float32, "CDAB")]
    [InlineData("6643 9A19", RegisterType.Float32, "BADC")]
    [InlineData("9A19 6643", RegisterType.Float32, "DCBA")]
    [InlineData("08FD 0903", RegisterType.UInt16, "AB")]
    [InlineData("FFF6 0903", RegisterType.Int16, "AB")]
    [InlineData("0012 D687", RegisterType.UInt32, "ABCD")]
    [InlineData("4B58 2D32 3400 0000", RegisterType.Text, "")]
    public void The_reading_that_looks_like_a_measured_value_is_found(string words, RegisterType type, string order)
    {
        var guess = PlausibleReading.Guess(RegisterDecoderTests.Parse(words));

        Assert.Equal((type, order), (guess!.Type, guess.Order));
    }

    [Fact]
    public void Zeros_say_nothing()
    {
        Assert.Null(PlausibleReading.Guess([0, 0, 5]));
    }

    [Fact]
    public void The_valid_range_decides_between_orders()
    {
        var register = Registers.Value("t", 0, RegisterType.UInt32) with { Scale = 0.1, Valid = new(0, 1000) };

        var best = PlausibleReading.Best(PlausibleReading.InAllOrders(register, [0x08FD, 0x0000]));

        Assert.Equal(("CDAB", 230.1), (best!.Order, best.Value.Value.Number));
    }

    [Fact]
    public void Any_words_can_be_guessed_at()
    {
        Prop.ForAll<ushort[]>(words =>
        {
            var guess = PlausibleReading.Guess(words);

            return guess is null || PlausibleReading.Width(guess) <= words.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
