using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class AddressNotationTests
{
    [Theory]
    [InlineData("0x0BD3", WrittenAs.Wire, 3027)]
    [InlineData("3027", WrittenAs.Wire, 3027)]
    [InlineData("3028", WrittenAs.CountFrom1, 3027)]
    [InlineData("40001", WrittenAs.Modicon5, 0)]
    [InlineData("49999", WrittenAs.Modicon5, 9998)]
    [InlineData("00017", WrittenAs.Modicon5, 16)]
    [InlineData("465536", WrittenAs.Modicon6, 65535)]
    [InlineData("300001", WrittenAs.Modicon6, 0)]
    public void A_printed_address_becomes_the_wire_address(string printed, WrittenAs writtenAs, int wire)
    {
        var reading = AddressNotation.Read(printed, writtenAs, null);

        Assert.Null(reading.Fault);
        Assert.Equal(wire, reading.Wire);
    }

    [Theory]
    [InlineData("70000", WrittenAs.Wire, "A01")]
    [InlineData("-1", WrittenAs.Wire, "A01")]
    [InlineData("0", WrittenAs.CountFrom1, "A01")]
    [InlineData("465537", WrittenAs.Modicon6, "A01")]
    [InlineData("40000", WrittenAs.Modicon5, "A02")]
    [InlineData("00000", WrittenAs.Modicon5, "A02")]
    [InlineData("20001", WrittenAs.Modicon5, "A02")]
    [InlineData("4001", WrittenAs.Modicon5, "A02")]
    [InlineData("0x10", WrittenAs.Modicon6, "A02")]
    [InlineData("10.1", WrittenAs.Wire, "A02")]
    [InlineData("page 4", WrittenAs.Wire, "A02")]
    public void An_address_that_does_not_fit_is_refused_under_its_code(string printed, WrittenAs writtenAs, string code)
    {
        var reading = AddressNotation.Read(printed, writtenAs, null);

        Assert.Equal(code, reading.Code);
        Assert.False(string.IsNullOrWhiteSpace(reading.Repair));
    }

    [Fact]
    public void A_Modicon_number_in_a_wire_file_is_refused_where_its_digit_names_the_table()
    {
        Assert.Equal("A02", AddressNotation.Read("40013", WrittenAs.Wire, RegisterTable.Holding).Code);
        Assert.Null(AddressNotation.Read("40013", WrittenAs.Wire, RegisterTable.Input).Code);
        Assert.Null(AddressNotation.Read("0x9C4D", WrittenAs.Wire, RegisterTable.Holding).Code);
    }

    [Theory]
    [InlineData(WrittenAs.Wire)]
    [InlineData(WrittenAs.CountFrom1)]
    [InlineData(WrittenAs.Modicon6)]
    public void Printing_and_reading_are_each_others_way_back(WrittenAs writtenAs)
    {
        foreach (var wire in new[] { 0, 1, 99, 9998, 29999, 65535 })
            Assert.Equal(wire, AddressNotation.Read(AddressNotation.Print(wire, writtenAs, RegisterTable.Input), writtenAs, null).Wire);
    }
}
