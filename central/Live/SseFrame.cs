using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Penstock.Central.Live;

/// <summary>One server-sent event (WHATWG HTML, section 9.2): id, event and one line of data; JSON has no line break of its own.</summary>
internal static class SseFrame
{
    public static byte[] Write<T>(long id, string name, T data, JsonTypeInfo<T> form)
    {
        using var frame = new MemoryStream();
        frame.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {name}\ndata: ")));
        JsonSerializer.Serialize(frame, data, form);
        frame.Write("\n\n"u8);
        return frame.ToArray();
    }
}
