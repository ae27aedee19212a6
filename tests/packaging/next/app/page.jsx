// A server component: importing the package here must not touch `window`.
import { version } from 'assisters-chat';
import 'assisters-chat/element';
import { Chat } from './chat';

// Rendered for every request, so that the API's address can be part of the page's.
export default async function Page({ searchParams }) {
  const { api } = await searchParams;
  return (
    <main>
      <p id="version">{version}</p>
      <Chat apiUrl={api} />
    </main>
  );
}
