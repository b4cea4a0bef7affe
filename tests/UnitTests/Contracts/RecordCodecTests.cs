using System.Buffers;
using System.Text;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Contracts;

public sealed class RecordCodecTests
{
    private const string Golden =
        """{"v":1,"site":"north","device":"meter-1","tag":"voltage_l1","kind":"plc","ts":"2026-01-31T12:00:00.123456Z","value":230.1,"unit":"V","q":"good","agent":"a1","epoch":"e1","seq":7}""";

    private static readonly Reading Plain = new()
    {
        Site = "north", Device = "meter-1", Tag = "voltage_l1", Kind = Kinds.Plc,
        Ts = Timestamp.Parse("2026-01-31T12:00:00.123456Z"), Value = 230.1, Unit = "V",
        Agent = "a1", Epoch = "e1", Seq = 7,
    };

    [Fact]
    public void A_reading_has_these_bytes()
    {
        Assert.Equal(Golden, Encode(Plain));
    }

    private static string Encode(Reading reading)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(RecordCodec.TryEncode(reading, output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
