const KEEP_FAILURES = `
  window.failures = [];
  addEventListener('error', (event) => failures.push(event.message));
  addEventListener('unhandledrejection', (event) => failures.push(String(event.reason)));
`;

export const metadata = { title: 'Next.js', icons: { icon: 'data:,' } };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <script dangerouslySetInnerHTML={{ __html: KEEP_FAILURES }} />
        {children}
      </body>
    </html>
  );
}
