using System.Text;

namespace Penstock.Central.Transfer;

/// <summary>
/// Comma-separated values after RFC 4180: a field with a comma, quote or line break stands in quotes, a quote inside is doubled.
/// An empty field is null, an empty text stands as <c>""</c>. Lines end with LF.
/// </summary>
internal static class Csv
{
    private static readonly char[] Special = [',', '"', '\n', '\r'];

    public static void Write(TextWriter output, params ReadOnlySpan<string?> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                output.Write(',');
            Write(output, fields[i]);
        }

        output.Write('\n');
    }

    /// <summary>The next line's fields; null at the end.</summary>
    /// <exception cref="FormatException">The text ends inside quotes.</exception>
    public static List<string?>? Read(TextReader input)
    {
        if (input.Peek() < 0)
            return null;
        List<string?> fields = [];
        while (true)
        {
            fields.Add(Field(input));
            switch (input.Read())
            {
                case ',':
                    continue;
                case '\r' when input.Peek() == '\n':
                    input.Read();
                    return fields;
                default:
                    return fields;
            }
        }
    }

    private static void Write(TextWriter output, string? field)
    {
        if (field is null)
            return;
        if (field.Length > 0 && field.IndexOfAny(Special) < 0)
        {
            output.Write(field);
            return;
        }

        output.Write('"');
        output.Write(field.Replace("\"", "\"\"", StringComparison.Ordinal));
        output.Write('"');
    }

    private static string? Field(TextReader input)
    {
        if (input.Peek() == '"')
            return Quoted(input);
        var text = new StringBuilder();
        while (input.Peek() is >= 0 and not (',' or '\n' or '\r'))
            text.Append((char)input.Read());
        return text.Length == 0 ? null : text.ToString();
    }

    private static string Quoted(TextReader input)
    {
        var text = new StringBuilder();
        input.Read();
        while (true)
        {
            var next = input.Read();
            if (next < 0)
                throw new FormatException("the file ends inside quotes");
            if (next == '"')
            {
                if (input.Peek() != '"')
                    return text.ToString();
                input.Read();
            }

            text.Append((char)next);
        }
    }
}
