namespace Penstock.Contracts;

/// <summary>The rule for site, device and tag names: 1 to 64 lower-case letters, digits, <c>-</c>, <c>_</c>, <c>.</c>.</summary>
public static class Names
{
    public const int MaxLength = 64;

    /// <summary>True when the name may stand in a record.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxLength)
            return false;
        foreach (var c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.'))
                return false;
        }

        return true;
    }

    /// <summary>The name with every character that is not allowed replaced: what an error message can propose.</summary>
    public static string Repair(string name)
    {
        var repaired = string.Create(Math.Min(name.Length, MaxLength), name, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = char.ToLowerInvariant(source[i]);
                span[i] = IsValid([c]) ? c : '-';
            }
        });
        return repaired.Length == 0 ? "unnamed" : repaired;
    }

    /// <summary>The full name <c>site/device/tag</c>.</summary>
    public static string Full(string site, string device, string tag) => $"{site}/{device}/{tag}";
}
