using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Whole numbers with <c>+</c>, <c>-</c> and <c>*</c> and the variable of a repeat: <c>20 + n</c>. No brackets; <c>*</c> binds first.</summary>
internal static class WholeFormula
{
    public static bool TryRead(string text, Substitution? substitution, out long value)
    {
        value = 0;
        var sign = 1;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is not ('+' or '-'))
                continue;
            if (!TryProduct(text[start..i], substitution, out var term))
                return false;
            value += sign * term;
            sign = i < text.Length && text[i] == '-' ? -1 : 1;
            start = i + 1;
        }

        return true;
    }

    private static bool TryProduct(string text, Substitution? substitution, out long value)
    {
        value = 1;
        foreach (var factor in text.Split('*', StringSplitOptions.TrimEntries))
        {
            var number = (long)(substitution?.Value ?? 0);
            var isVariable = substitution is not null && factor == substitution.Variable;
            if (!isVariable && !long.TryParse(factor, NumberStyles.None, CultureInfo.InvariantCulture, out number))
                return false;
            value *= number;
            if (value is > int.MaxValue or < int.MinValue)
                return false;
        }

        return true;
    }
}
