using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary>Answers to rows. Pure.</summary>
internal static class ProfileTryRows
{
    /// <summary>A row per word (or bit) of an unknown device; where two words look like one value, the second belongs to the first.</summary>
    public static IEnumerable<TryRow> OfTable(ReadRequest request, ReadAnswer answer)
    {
        var words = new ushort[request.Count];
        for (var i = 0; i < words.Length; i++)
            words[i] = request.IsBits ? answer.Bit(i) : answer.Word(i);
        var rest = 0;
        for (var i = 0; i < words.Length; i++, rest--)
        {
            var guess = request.IsBits || rest > 0 ? null : PlausibleReading.Guess(words.AsSpan(i));
            yield return new()
            {
                Table = request.Table,
                Address = (ushort)(request.Start + i),
                Words = [words[i]],
                Orders = request.IsBits || i + 1 == words.Length ? [] : PlausibleReading.InAllOrders(Float, words.AsSpan(i, 2)),
                Plausible = guess,
                IsRest = rest > 0,
            };
            rest = guess is null ? rest : PlausibleReading.Width(guess);
        }
    }

    /// <summary>A row for a value of the profile.</summary>
    public static TryRow OfValue(ReadRequest request, PlannedValue value, ReadAnswer answer)
    {
        var register = value.Register;
        var words = Gather(request, register, answer);
        var exponent = value.Exponent is null ? 0 : ReadExponent(value.Exponent, Gather(request, value.Exponent, answer));
        var hasOrders = register.Type != RegisterType.Text && words.Length > 1;
        var orders = hasOrders ? PlausibleReading.InAllOrders(register, words, exponent) : [];
        return new()
        {
            Tag = register.Tag,
            Table = register.Table,
            Address = register.Addresses[0],
            Words = words,
            Value = RegisterDecoder.Decode(register, words, exponent),
            Unit = register.Unit,
            Orders = orders,
            OwnOrder = hasOrders ? PlausibleReading.Letters(register) : null,
            Plausible = PlausibleReading.Best(orders),
        };
    }

    private static RegisterDefinition Float { get; } =
        new() { Tag = "", Table = RegisterTable.Holding, Type = RegisterType.Float32, Addresses = [0, 1] };

    private static int ReadExponent(RegisterDefinition exponent, ushort[] words) =>
        RegisterDecoder.Decode(exponent, words) is { Quality: Quality.Good, Value.Number: >= -300 and <= 300 and var power } ? (int)power : 0;

    private static ushort[] Gather(ReadRequest request, RegisterDefinition register, ReadAnswer answer) =>
        [.. register.Addresses.Select(a => request.IsBits ? answer.Bit(a - request.Start) : answer.Word(a - request.Start))];
}
