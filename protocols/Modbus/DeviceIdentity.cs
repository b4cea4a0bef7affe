using System.Globalization;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>Asks once per connection whether the right device answers; a wrong one is asked again every five seconds.</summary>
internal sealed class DeviceIdentity(IReadOnlyList<IdentifyRule> rules, ModbusLink link, ModbusClock clock)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private int _knownOnConnection = -1;
    private TimeSpan _askedAt = -AskAgainAfter;
    private string? _wrong;

    /// <summary>Null when it is the right one, else the reason.</summary>
    public async ValueTask<string?> CheckAsync(CancellationToken token)
    {
        if (rules.Count == 0 || (_knownOnConnection == link.Connections && (_wrong is null || clock.Elapsed - _askedAt < AskAgainAfter)))
            return _wrong;
        foreach (var rule in rules)
        {
            var (wrong, answered) = await AskAsync(rule, token);
            if (!answered)
                return wrong;
            (_wrong, _knownOnConnection, _askedAt) = (wrong, link.Connections, clock.Elapsed);
            if (wrong is not null)
                return wrong;
        }

        return null;
    }

    private async ValueTask<(string? Wrong, bool Answered)> AskAsync(IdentifyRule rule, CancellationToken token)
    {
        var value = new PlannedValue(rule.Register, null);
        var request = new ReadRequest(rule.Register.Table, (ushort)value.First, value.Length);
        var answer = await link.AskAsync(request, token);
        if (answer.Outcome == ReadOutcome.NoAnswer)
            return (answer.Reason, false);
        if (answer.Outcome != ReadOutcome.Answered)
            return ($"wrong device: {request} must be {rule.Expected}, but: {answer.Reason}", true);

        var found = Shown(rule.Register, request, answer);
        return (Same(found, rule.Expected) ? null : $"wrong device: {request} is {found}, must be {rule.Expected}", true);
    }

    private static string Shown(RegisterDefinition register, ReadRequest request, in ReadAnswer answer)
    {
        Span<ushort> words = stackalloc ushort[ReadRequest.MaxRegisters];
        var decoded = RegisterDecoder.Decode(register, SampleMaker.Gather(request, register, answer, words));
        return decoded.Text ?? decoded.Value.Text ?? decoded.Value.Number?.ToString(CultureInfo.InvariantCulture) ?? decoded.Why ?? "";
    }

    private static bool Same(string found, string expected) =>
        string.Equals(found, expected.Trim(), StringComparison.Ordinal)
        || (TryNumber(found, out var left) && TryNumber(expected, out var right) && left == right);

    private static bool TryNumber(string text, out double number)
    {
        text = text.Trim();
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            number = hex;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
