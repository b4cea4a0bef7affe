using FsCheck;
using FsCheck.Fluent;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Contracts;

public sealed class ValueTests
{
    [Theory]
    [InlineData(double.NaN, "not a number")]
    [InlineData(double.PositiveInfinity, "infinite")]
    [InlineData(double.NegativeInfinity, "infinite")]
    public void A_number_that_is_not_finite_becomes_null_with_a_fault(double number, string fault)
    {
        Assert.Equal(new RecordValue(null, null, fault), RecordValue.From(number));
    }

    [Theory]
    [InlineData(9007199254740992, null)]
    [InlineData(9007199254740993, "9007199254740993")]
    [InlineData(-9007199254740992, null)]
    [InlineData(-9007199254740993, "-9007199254740993")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void An_integer_above_2_to_the_53_stands_exactly_in_text(long number, string? text)
    {
        Assert.Equal(new RecordValue(number, text), RecordValue.From(number));
    }

    [Fact]
    public void An_unsigned_integer_above_2_to_the_53_stands_exactly_in_text()
    {
        Assert.Equal("18446744073709551615", RecordValue.From(ulong.MaxValue).Text);
        Assert.Null(RecordValue.From(1UL << 53).Text);
    }

    [Fact]
    public void A_state_is_one_or_zero()
    {
        Assert.Equal(1, RecordValue.From(true).Number);
        Assert.Equal(0, RecordValue.From(false).Number);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("pump-1.speed_rpm", true)]
    [InlineData("", false)]
    [InlineData("Pump", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    [InlineData("a b", false)]
    public void A_name_has_lower_case_letters_digits_and_three_marks(string name, bool valid) => Assert.Equal(valid, Names.IsValid(name));

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        Assert.True(Names.IsValid(new string('a', 64)));
        Assert.False(Names.IsValid(new string('a', 65)));
    }

    [Fact]
    public void A_repaired_name_is_valid_and_a_valid_name_needs_no_repair()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true), Prop.ForAll(ArbMap.Default.GeneratorFor<string>().Where(name => name is not null).ToArbitrary(), name =>
        {
            Assert.True(Names.IsValid(Names.Repair(name)));
            Assert.Equal(Names.Repair(name), Names.Repair(Names.Repair(name)));
        }));
    }
}
