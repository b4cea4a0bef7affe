using System.Text.Json;
using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>The fields of a record that this version does not know: kept as JSON beside the columns of the known ones.</summary>
internal static class UnknownFields
{
    /// <summary>One object; null when there are none.</summary>
    public static string? Json(Reading reading) =>
        reading.Unknown is { Count: > 0 } unknown ? JsonSerializer.Serialize(unknown, CentralJson.Wire.DictionaryStringJsonElement) : null;
}
