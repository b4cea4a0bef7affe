using System.Globalization;
using Penstock.Contracts;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// Turns answers into samples. Remembers the words of each tag, so that the text of a value that stands still is made once.
/// </summary>
internal sealed class SampleMaker
{
    private readonly Dictionary<string, Shown> _shown = [];

    public void Decode(ReadBlock block, in ReadAnswer answer, List<Sample> samples)
    {
        Span<ushort> words = stackalloc ushort[ReadRequest.MaxRegisters];
        for (var i = 0; i < block.Values.Count; i++)
        {
            var value = block.Values[i];
            var own = Gather(block.Request, value.Register, answer, words);
            var decoded = Decode(block.Request, value, answer, own);
            samples.Add(new()
            {
                Tag = value.Register.Tag,
                Ts = answer.At,
                Value = decoded.Value,
                Text = decoded.Text,
                Q = decoded.Quality,
                Why = decoded.Why,
                Raw = Raw(value.Register, own),
            });
        }
    }

    public static Sample Bad(RegisterDefinition register, string why, Timestamp at) =>
        new() { Tag = register.Tag, Ts = at, Q = Quality.Bad, Why = why };

    /// <summary>The words of a value out of a block, in the order of its addresses.</summary>
    public static ReadOnlySpan<ushort> Gather(ReadRequest request, RegisterDefinition register, in ReadAnswer answer, Span<ushort> words)
    {
        var addresses = register.Addresses;
        for (var i = 0; i < addresses.Count; i++)
        {
            var index = addresses[i] - request.Start;
            words[i] = request.IsBits ? answer.Bit(index) : answer.Word(index);
        }

        return words[..addresses.Count];
    }

    private static DecodedValue Decode(ReadRequest request, PlannedValue value, in ReadAnswer answer, ReadOnlySpan<ushort> own)
    {
        if (value.Exponent is not { } register)
            return RegisterDecoder.Decode(value.Register, own);
        Span<ushort> words = stackalloc ushort[4];
        var exponent = RegisterDecoder.Decode(register, Gather(request, register, answer, words));
        return exponent is { Quality: Quality.Good, Value.Number: { } power } && power == Math.Truncate(power) && Math.Abs(power) <= 300
            ? RegisterDecoder.Decode(value.Register, own, (int)power)
            : DecodedValue.Bad(string.Create(CultureInfo.InvariantCulture, $"exponent {register.Tag}: {exponent.Why ?? "not a whole number"}"));
    }

    private string Raw(RegisterDefinition register, ReadOnlySpan<ushort> words)
    {
        if (words.Length > 4)
            return Words.Hex(words);
        ulong packed = 0;
        foreach (var word in words)
            packed = (packed << 16) | word;
        if (_shown.TryGetValue(register.Tag, out var shown) && shown.Packed == packed)
            return shown.Text;

        var text = Words.Hex(words);
        _shown[register.Tag] = new(packed, text);
        return text;
    }

    private readonly record struct Shown(ulong Packed, string Text);
}
