using System.Text;
using System.Text.Json;
using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>The fields of a record that this version does not know: kept as JSON beside the columns of the known ones.</summary>
internal static class UnknownFields
{
    /// <summary>One object; null when there are none.</summary>
    public static string? Json(Reading reading)
    {
        if (reading.Unknown is not { Count: > 0 } unknown)
            return null;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in unknown)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
