using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Penstock.Central.Web;

internal static class JsonResponses
{
    public static Task WriteJsonAsync<T>(this HttpContext context, T value, JsonTypeInfo<T> form)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, form, context.RequestAborted);
    }
}
